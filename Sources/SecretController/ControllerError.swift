package import Fetcher
package import KubeClient
package import Plan

/// Why something of the controller's work was not done. It holds names alone, no value.
package enum ControllerError: ExplainedError, Equatable {
    /// The lease is over: another process leads, or may soon.
    case notLeader
    /// The Secret with the KSM configuration.
    case configurationSecret(namespace: String, name: String, reason: String)
    case configuration(ConfigurationError)
    /// Its configuration comes from where the controller does not look.
    case configurationSource
    case keeper(KeeperError)
    case kubernetes(KubeError)
    case secret(SecretProblem)

    package var message: String {
        switch self {
        case .notLeader: "this process does not lead any more"
        case .configurationSecret(let namespace, let name, let reason):
            "the KSM configuration in Secret \(namespace)/\(name) cannot be read: \(reason)"
        case .configuration(let error): error.message
        case .configurationSource: "for Kubernetes Secrets the KSM configuration has to be in a Secret"
        case .keeper(let error): error.message
        case .kubernetes(let error): error.message
        case .secret(let problem): problem.message
        }
    }

    package var hint: String? {
        switch self {
        case .notLeader, .configurationSource: nil
        case .configurationSecret: "ksm-config names a Secret of the pod's namespace with the key 'config'"
        case .configuration(let error): error.hint
        case .keeper(let error): error.hint
        case .kubernetes(let error): error.hint
        case .secret(let problem): problem.hint
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .notLeader: .failed
        case .configurationSecret, .configuration, .configurationSource: .configuration
        case .keeper(let error): error.exitCode
        case .kubernetes(let error): error.exitCode
        case .secret(let problem): problem.exitCode
        }
    }

    /// For metrics.
    var label: String {
        switch self {
        case .notLeader: "not_leader"
        case .configurationSecret, .configuration, .configurationSource: "configuration"
        case .keeper: "keeper"
        case .kubernetes: "kubernetes"
        case .secret: "secret"
        }
    }
}
