import Glibc
package import Plan

/// Why the webhook could not begin or go on.
package enum WebhookError: ExplainedError, Equatable {
    case certificate(CertificateError)
    /// - Parameter code: `errno`.
    case listen(host: String, port: Int, code: Int32)
    case failed(String)

    package var message: String {
        switch self {
        case .certificate(let error): error.message
        case .listen(let host, let port, let code):
            "cannot listen on \(host) port \(port): \(String(cString: strerror(code)))"
        case .failed(let reason): "the server failed: \(reason)"
        }
    }

    package var hint: String? {
        switch self {
        case .certificate(let error): error.hint
        case .listen(_, _, EADDRINUSE): "another process has it; choose one with --port or --metrics-port"
        case .listen(_, _, EACCES): "ports below 1024 need the capability NET_BIND_SERVICE"
        case .listen, .failed: nil
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .certificate, .listen: .configuration
        case .failed: .failed
        }
    }
}
