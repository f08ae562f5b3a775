import Plan
import Telemetry

/// The agent's flags, parsed by hand: swift-argument-parser alone would double its size.
struct AgentFlags {
    enum Verb: String {
        case initialize = "init"
        case sidecar, health
    }

    var verb: Verb
    var root: String?
    var configuration: String?
    var caCertificate: String?
    var refreshInterval: Duration?
    var healthPort: UInt16?
    var logLevel: Log.Level?
    var logFormat: Log.Format?
    var ready = false
    var attachSocket: String?

    init(_ arguments: [String]) throws(UsageError) {
        guard let first = arguments.first else {
            throw UsageError("a command is missing: init, sidecar or health")
        }
        guard let verb = Verb(rawValue: first) else {
            throw UsageError("unknown command '\(first)': expected init, sidecar or health")
        }
        self.verb = verb
        var rest = Arguments(arguments.dropFirst())
        while let flag = rest.next() {
            switch flag {
            case "--root": root = try rest.value(of: flag)
            case "--ksm-config": configuration = try rest.value(of: flag)
            case "--ca-cert": caCertificate = try rest.value(of: flag)
            case "--fuse-fd-socket": attachSocket = try rest.value(of: flag)
            case "--ready" where verb == .health: ready = true
            case "--refresh-interval":
                let text = try rest.value(of: flag)
                guard let interval = try? Duration(go: text), interval >= .milliseconds(50) else {
                    throw UsageError("\(flag) \(text): expected a duration of at least 50ms, such as 30s")
                }
                refreshInterval = interval
            case "--health-port":
                let text = try rest.value(of: flag)
                guard let port = UInt16(text) else {
                    throw UsageError("\(flag) \(text): expected a port, or 0 for none")
                }
                healthPort = port == 0 ? nil : port
            case "--log-level":
                let text = try rest.value(of: flag)
                guard let level = Log.Level(rawValue: text) else {
                    throw UsageError("\(flag) \(text): expected debug, info, warn or error")
                }
                logLevel = level
            case "--log-format":
                let text = try rest.value(of: flag)
                guard let format = Log.Format(rawValue: text) else {
                    throw UsageError("\(flag) \(text): expected json or text")
                }
                logFormat = format
            default: throw UsageError("unknown option '\(flag)' for \(verb.rawValue)")
            }
        }
    }
}

/// Walks over arguments; `--flag=value` reads as `--flag value`.
private struct Arguments {
    private var rest: [String]

    init(_ arguments: ArraySlice<String>) {
        rest = arguments.flatMap { argument -> [String] in
            guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else {
                return [argument]
            }
            return [String(argument[..<equals]), String(argument[argument.index(after: equals)...])]
        }.reversed()
    }

    mutating func next() -> String? { rest.popLast() }

    mutating func value(of flag: String) throws(UsageError) -> String {
        guard let value = rest.popLast(), !value.isEmpty else { throw UsageError("\(flag) needs a value") }
        return value
    }
}

/// The command line cannot be understood.
struct UsageError: ExplainedError {
    let message: String
    init(_ message: String) { self.message = message }
    var exitCode: CommandStatus { .usage }
}
