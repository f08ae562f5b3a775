package import Fetcher
import Glibc
package import Plan
package import Render
package import SecretFS

/// Why the agent could not do its work. The case is the metric's `reason`.
package enum AgentError: ExplainedError {
    case plan(PlanError)
    case configuration(ConfigurationError)
    case configurationFile(path: String, code: Int32)
    case keeper(KeeperError)
    case render(RenderFailure)
    case generation(GenerationError)
    case publish(PublishError)
    case health(HealthError)
    /// `KEEPER_INJECTOR_CONFIG` is not set.
    case noPlan
    /// `--root` is no directory and cannot be made one.
    case root(String, Int32)
    /// A system call that should not fail did.
    case system(String, Int32)
    /// What the plan asks for and this version cannot carry out.
    case notAvailable([String])
    /// A FUSE mount is served as long as its server runs, so there is nothing to do once.
    case onlySidecarServes
    /// SIGTERM came first.
    case interrupted
    /// `init-timeout` passed.
    case timedOut(Duration)

    private var cause: (any ExplainedError)? {
        switch self {
        case .plan(let error): error
        case .configuration(let error): error
        case .keeper(let error): error
        case .render(let error): error
        case .generation(let error): error
        case .publish(let error): error
        case .health(let error): error
        case .configurationFile, .notAvailable, .noPlan, .root, .system, .interrupted, .timedOut,
            .onlySidecarServes:
            nil
        }
    }

    package var message: String {
        switch self {
        case .configurationFile(let path, let code):
            "cannot read the KSM configuration '\(path)': \(String(cString: strerror(code)))"
        case .noPlan: "the environment variable KEEPER_INJECTOR_CONFIG is not set"
        case .root(let path, let code):
            "'\(path)' cannot be the root directory: \(String(cString: strerror(code)))"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .notAvailable(let things):
            "not available in this version of the agent: " + things.joined(separator: ", ")
        case .onlySidecarServes:
            "backend: \"fuse\" serves the files as long as it runs: publishing once leaves nothing"
        case .interrupted: "interrupted before the secrets were published"
        case .timedOut(let limit):
            "no secrets after \(limit.goDescription), the time that init-timeout allows"
        default: cause?.message ?? ""
        }
    }

    package var hint: String? {
        switch self {
        case .configurationFile:
            "give --ksm-config FILE, or the configuration itself in the environment variable KSM_CONFIG; "
                + "`keeper-injector bind` makes one from a one-time token"
        case .noPlan:
            "in a pod the webhook sets it; to try the agent by hand: "
                + "KEEPER_INJECTOR_CONFIG=\"$(keeper-injector plan -f pod.yaml)\""
        case .notAvailable: "leave these annotations out, or use a version that has them"
        case .root: "choose another --root"
        case .onlySidecarServes: "run the sidecar (or `run` without --once), or take backend: \"tmpfs\""
        case .timedOut: "see the lines above for what went wrong; a longer init-timeout helps a slow network"
        default: cause?.hint
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .configurationFile, .noPlan, .notAvailable, .onlySidecarServes: .configuration
        case .root, .system, .interrupted: .failed
        case .timedOut: .unreachable
        default: cause?.exitCode ?? .failed
        }
    }

    /// For the metric `keeper_sidecar_refresh_errors_total{reason}`.
    var reason: FailureReason {
        switch self {
        case .keeper(.throttled): return .throttled
        case .generation, .publish: return .publish
        default: break
        }
        switch exitCode {
        case .refused: return .refused
        case .unreachable: return .unreachable
        case .notFound: return .notFound
        case .configuration, .ok, .failed, .usage:
            if case .render = self { return .render }
            return exitCode == .configuration ? .configuration : .internal
        }
    }
}

/// Why a refresh failed, as a label of metrics.
enum FailureReason: String, CaseIterable {
    case configuration, refused, throttled, unreachable
    case notFound = "not_found"
    case render, publish, `internal`
}
