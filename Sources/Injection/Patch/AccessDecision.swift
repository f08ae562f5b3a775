import Plan

/// Who may read the files, and as whom the agent runs (contract, section 3).
struct AccessDecision {
    var rule: AccessRule
    var access: FileAccess
    /// The agent's uid and gid; without a gid kubelet takes the pod's or the image's.
    var agentUser: UInt32
    var agentGroup: UInt32?

    /// Where no uid is known the agent is nobody.
    static let nobody: UInt32 = 65534

    init(spec: PodSpec, targets: [PodContainer], settings: PodSettings, secretsGroup: UInt32) {
        if let user = settings.runAsUser {
            self.init(
                .annotation, user: user, group: settings.runAsGroup ?? spec.runAsGroup ?? spec.fsGroup,
                mode: settings.fileMode)
        } else if let user = AccessDecision.common(targets.map { $0.runAsUser ?? spec.runAsUser }), user != 0
        {
            let group = AccessDecision.common(targets.map { $0.runAsGroup ?? spec.runAsGroup })
            self.init(
                .containersUser, user: user, group: settings.runAsGroup ?? group, mode: settings.fileMode)
        } else {
            self.init(
                rule: spec.fsGroup == nil ? .supplementalGroup : .fsGroup,
                access: FileAccess(
                    user: AccessDecision.nobody, group: spec.fsGroup ?? secretsGroup,
                    mode: settings.fileMode ?? 0o640),
                agentUser: AccessDecision.nobody,
                agentGroup: settings.runAsGroup ?? AccessDecision.nobody)
        }
    }

    private init(_ rule: AccessRule, user: UInt32, group: UInt32?, mode: UInt32?) {
        self.init(
            rule: rule, access: FileAccess(user: user, group: group, mode: mode ?? 0o600), agentUser: user,
            agentGroup: group)
    }

    private init(rule: AccessRule, access: FileAccess, agentUser: UInt32, agentGroup: UInt32?) {
        self.rule = rule
        self.access = access
        self.agentUser = agentUser
        self.agentGroup = agentGroup
    }

    /// The one value of all; `nil` where one is unknown or two differ.
    private static func common(_ values: [UInt32?]) -> UInt32? {
        guard let first = values.first, let value = first else { return nil }
        return values.allSatisfy { $0 == value } ? value : nil
    }
}
