import Logging
import Telemetry

extension Logger {
    /// What the libraries say, in our lines.
    init(_ log: Log, least level: Logger.Level) {
        self.init(label: "server") { _ in LibraryLog(log: log, logLevel: level) }
    }
}

private struct LibraryLog: LogHandler {
    let log: Log
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let message = "\(event.message)"
        switch event.level {
        case .trace, .debug: log.debug(message)
        case .info, .notice: log.info(message)
        case .warning: log.warn(message)
        case .error, .critical: log.error(message)
        }
    }
}
