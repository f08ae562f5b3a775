package import Plan

/// What becomes of a pod.
package struct Decision: Equatable, Sendable {
    package var outcome: Outcome
    /// For the one who applies the pod, each at most 256 characters, in a stable order.
    package var warnings: [String]

    package init(outcome: Outcome, warnings: [String] = []) {
        self.outcome = outcome
        self.warnings = warnings
    }

    package enum Outcome: Equatable, Sendable {
        /// The pod stays as it is; why, for the audit log.
        case unchanged(reason: String)
        /// An RFC 6902 patch as JSON without white space, and what it does.
        case patched([UInt8], InjectionSummary)
        /// All mistakes at once.
        case denied(InjectionError)
    }
}

/// What was decided about a pod, for the audit log and for `explain`. It holds no secret.
package struct InjectionSummary: Equatable, Sendable {
    package var plan: Plan
    package var settings: PodSettings
    /// Which rule of the contract's section 3 says who may read the files.
    package var accessRule: AccessRule
    /// User's containers that get mounts, in the pod's order, init containers first.
    package var mountedContainers: [String]
    /// Names of our containers, in order.
    package var injectedContainers: [String]

    package init(
        plan: Plan, settings: PodSettings, accessRule: AccessRule, mountedContainers: [String],
        injectedContainers: [String]
    ) {
        self.plan = plan
        self.settings = settings
        self.accessRule = accessRule
        self.mountedContainers = mountedContainers
        self.injectedContainers = injectedContainers
    }
}

/// Who may read the files, and why (contract, section 3).
package enum AccessRule: Equatable, Sendable {
    /// 1: `run-as-user` says so.
    case annotation
    /// 2: every container with the mount runs as this one uid.
    case containersUser
    /// 3: the pod's `fsGroup`.
    case fsGroup
    /// 4: a supplemental group is added, since the uid is unknown, 0, or not one.
    case supplementalGroup
}
