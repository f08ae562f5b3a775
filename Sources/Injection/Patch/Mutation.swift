import Plan

/// One pod, its annotations and the policy, on the way to a patch (contract, sections 2 to 6).
struct Mutation {
    let policy: InjectionPolicy
    let namespace: String
    let metadata: PodMetadata
    let spec: PodSpec
    let settings: PodSettings
    var plan: Plan
    /// User's containers that get mounts, init containers first.
    var targets: [PodContainer] = []
    var mistakes: [Mistake] = []
    var warnings: [String] = []
    /// The Plan's JSON; empty where no container of ours is needed.
    var planText: [UInt8] = []
    var rule: AccessRule = .supplementalGroup
    var agentUser = AccessDecision.nobody
    var agentGroup: UInt32?

    init(
        policy: InjectionPolicy, namespace: String, metadata: PodMetadata, spec: PodSpec,
        settings: PodSettings, plan: Plan
    ) {
        self.policy = policy
        self.namespace = namespace
        self.metadata = metadata
        self.spec = spec
        self.settings = settings
        self.plan = plan
    }

    var writesFiles: Bool {
        plan.selections.contains { $0.output != .noFile } || plan.folders.contains { $0.output != .noFiles }
    }

    var setsEnvironment: Bool { plan.selections.contains { $0.environment != nil } }

    /// Kubernetes Secrets alone are the controller's business.
    var needsContainers: Bool { writesFiles || setsEnvironment }

    var usesFUSE: Bool { plan.backend == .fuse && writesFiles }

    var needsSidecar: Bool { writesFiles && !plan.initOnly }

    /// Containers of ours, in order.
    var ourContainers: [String] {
        guard needsContainers else { return [] }
        if usesFUSE { return [OurName.holder, OurName.sidecar] }
        return needsSidecar ? [OurName.initContainer, OurName.sidecar] : [OurName.initContainer]
    }

    mutating func decide() -> Decision.Outcome {
        chooseTargets()
        checkNames()
        checkPolicy()
        decideAccess()
        checkMounts()
        if setsEnvironment {
            plan.environmentContainers = targets.map(\.name)
            checkCommands()
            warnAboutEnvironment()
        }
        if needsContainers {
            planText = plan.json
            checkSize()
        }
        guard mistakes.isEmpty else { return .denied(InjectionError(mistakes)) }
        warnAboutSignals()
        warnAboutSidecar()
        guard let patch = patch() else { return .unchanged(reason: "already injected") }
        return .patched(
            patch,
            InjectionSummary(
                plan: plan, settings: settings, accessRule: rule, mountedContainers: targets.map(\.name),
                injectedContainers: ourContainers))
    }

    private mutating func chooseTargets() {
        let all = spec.allContainers
        targets = settings.containers.map { names in all.filter { names.contains($0.name) } } ?? all
        checkExistence(of: settings.containers ?? [], "containers", all)
        checkExistence(of: plan.notification.containers, "signal-containers", all)
    }

    private mutating func checkExistence(of names: [String], _ annotation: String, _ all: [PodContainer]) {
        for name in names where !all.contains(where: { $0.name == name }) {
            let near = nearest(to: name, among: all.map(\.name), limit: 1).first
            let listed = all.prefix(20).map { quoted($0.name) }.joined(separator: ", ")
            mistakes.append(
                Mistake(
                    annotation: Annotation.prefix + annotation, value: names.joined(separator: ", "),
                    problem: "the pod has no container \(quoted(name))"
                        + (near.map { ", is \(quoted($0)) meant?" } ?? ""),
                    expected: "names of the pod's containers: \(listed)"))
        }
    }

    private mutating func decideAccess() {
        let decision = AccessDecision(
            spec: spec, targets: targets, settings: settings, secretsGroup: policy.secretsGroup)
        plan.access = decision.access
        rule = decision.rule
        agentUser = decision.agentUser
        agentGroup = decision.agentGroup
        guard rule == .supplementalGroup, needsContainers else { return }
        warnings.append(
            "the files belong to group \(policy.secretsGroup), which the pod gets as a supplemental group, since "
                + "its containers have no uid in common; \(Annotation.prefix)run-as-user names one")
    }
}
