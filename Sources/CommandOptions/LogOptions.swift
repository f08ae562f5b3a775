package import ArgumentParser
package import Telemetry

/// Logging, for every command that logs.
package struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("The least weight that is logged.", valueName: "level"))
    package var level: Log.Level = .info

    @Option(
        name: .customLong("log-format"),
        help: ArgumentHelp("Default: text on a terminal, else json.", valueName: "format"))
    package var format: Log.Format?

    package init() {}

    package var log: Log { Log(level: level, format: format) }
}

extension Log.Level: ExpressibleByArgument {}

extension Log.Format: ExpressibleByArgument {}
