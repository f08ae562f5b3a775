package import Plan

/// Why the Kubernetes API gave no usable answer. Texts of the server are clipped and printable.
package enum KubeError: ExplainedError, Equatable {
    /// The process is not told how to reach an API server.
    case configuration(String)
    /// The service account's token or CA cannot be read.
    case file(path: String, reason: String)
    /// No connection, or none that lasted.
    case unreachable(reason: String)
    /// No answer within the time that was allowed.
    case deadline
    case status(KubeStatus, verb: String, resource: String)
    /// An answer, or a name in a request, that makes no sense.
    case malformed(what: String, reason: String)
    case tooLarge(limit: Int)
    case cancelled

    /// The HTTP status; `nil` where there was no answer.
    package var code: Int? {
        if case .status(let status, _, _) = self { status.code } else { nil }
    }

    package var isNotFound: Bool { code == 404 }

    /// Somebody else was faster: with a change (409 Conflict) or with the creation (409 AlreadyExists).
    package var isConflict: Bool { code == 409 }

    /// What was listed or watched is too old by now.
    package var isExpired: Bool {
        guard case .status(let status, _, _) = self else { return false }
        return status.code == 410 || status.reason == "Expired" || status.reason == "Gone"
    }

    /// Whether the same request may succeed later.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .deadline: true
        case .status(let status, _, _): status.code == 429 || status.code >= 500
        case .configuration, .file, .malformed, .tooLarge, .cancelled: false
        }
    }

    package var message: String {
        switch self {
        case .configuration(let reason): reason
        case .file(let path, let reason): "the file '\(printable(path))' cannot be used: \(reason)"
        case .unreachable(let reason): "cannot reach the Kubernetes API: \(reason)"
        case .deadline: "the Kubernetes API did not answer in time"
        case .status(let status, let verb, let resource):
            "the Kubernetes API refused to \(verb) \(resource) (\(status.code))"
                + (status.message.isEmpty ? "" : ": \(status.message)")
        case .malformed(let what, let reason): "\(what) \(reason)"
        case .tooLarge(let limit): "an answer of the Kubernetes API is larger than \(limit >> 10) KiB"
        case .cancelled: "cancelled"
        }
    }

    package var hint: String? {
        switch self {
        case .configuration: "in a pod KUBERNETES_SERVICE_HOST is set; elsewhere give --api-server"
        case .file: "is the service account's token mounted (automountServiceAccountToken)?"
        case .status(let status, _, _) where status.code == 403:
            "give the service account the rights of deploy/rbac/controller.yaml in this namespace"
        case .status(let status, _, _) where status.code == 401:
            "the service account's token is not accepted: is it of this cluster, and are the clocks right?"
        default: nil
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .configuration, .file: .configuration
        case .unreachable, .deadline: .unreachable
        case .status(let status, _, _): status.code == 404 ? .notFound : .refused
        case .malformed, .tooLarge, .cancelled: .failed
        }
    }
}
