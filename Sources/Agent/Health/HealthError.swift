import Glibc
package import Plan

/// Why the health endpoint cannot listen or be asked.
package enum HealthError: ExplainedError {
    case pathTooLong(String)
    case listen(String, Int32)
    case ask(String, Int32)

    package var message: String {
        switch self {
        case .pathTooLong(let path): "the socket path '\(path)' is longer than 107 bytes"
        case .listen(let place, let code): "cannot listen on \(place): \(String(cString: strerror(code)))"
        case .ask(let path, EAGAIN): "the agent on '\(path)' did not answer within 2 s"
        case .ask(let path, let code):
            "no agent answers on '\(path)': \(String(cString: strerror(code)))"
        }
    }

    package var hint: String? {
        switch self {
        case .pathTooLong: "use a shorter --root"
        case .listen: "is another agent running there? Choose another --health-port, or 0 for none"
        case .ask: "is the sidecar running with the same --root?"
        }
    }

    package var exitCode: CommandStatus { .failed }
}
