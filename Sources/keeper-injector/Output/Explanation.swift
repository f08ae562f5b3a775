import Injection
import Plan

/// What becomes of a pod, for people and for machines; its keys are documented in docs/explain.md.
struct Explanation: Encodable {
    struct Fact: Encodable {
        var name: String
        var value: String
    }

    let pod: String
    let namespace: String
    /// `injected`, `unchanged` or `denied`.
    let result: String
    let facts: [Fact]
    let warnings: [String]
    let mistakes: [String]

    init(title: String, namespace: String, decision: Decision) {
        pod = title
        self.namespace = namespace
        warnings = decision.warnings
        switch decision.outcome {
        case .unchanged(let reason):
            (result, mistakes) = ("unchanged", [])
            facts = [Fact(name: "why", value: reason)]
        case .denied(let error):
            (result, facts) = ("denied", [])
            mistakes = error.mistakes.map(\.description)
        case .patched(_, let summary):
            (result, mistakes) = ("injected", [])
            facts = Self.facts(of: summary).map { Fact(name: $0, value: $1) }
        }
    }

    private static func facts(of summary: InjectionSummary) -> [(String, String)] {
        let plan = summary.plan
        var facts = [("configuration", describe(plan.configuration)), ("backend", plan.backend.rawValue)]
        for selection in plan.selections { facts.append(("secret", describe(selection))) }
        for folder in plan.folders {
            guard case .directory(let path) = folder.output else { continue }
            facts.append(("folder", "\(path)/ (\(folder.origin))"))
        }
        if plan.writesFiles {
            facts.append(("directories", plan.directories.map(\.description).joined(separator: ", ")))
            facts.append(("mounted in", summary.mountedContainers.joined(separator: ", ")))
        }
        let hidden = plan.directories.filter { $0 != plan.secretsPath }
        if !hidden.isEmpty, summary.settings.mountStyle == .directory {
            facts.append(
                ("hidden", "what the image has in " + hidden.map(\.description).joined(separator: ", ")))
        }
        facts.append(("readable by", describe(plan.access, summary.accessRule)))
        if plan.writesFiles || !plan.setsEnvironment {
            facts.append(
                (
                    "refresh",
                    plan.initOnly ? "never, init-only" : "every " + plan.refreshInterval.goDescription
                ))
        }
        if let signal = plan.notification.signal { facts.append(("signal", signal)) }
        if let url = plan.notification.reloadURL { facts.append(("reload", url)) }
        if !plan.environmentContainers.isEmpty {
            let change =
                plan.writesFiles && !plan.initOnly
                ? "a change reaches a container when it restarts" : "a change reaches new pods alone"
            facts.append(
                (
                    "environment",
                    plan.environmentContainers.joined(separator: ", ")
                        + ": keeper-injector-exec sets the variables and becomes the command; no value is in the pod; "
                        + change
                ))
        }
        for secret in plan.selections.compactMap(\.kubernetesSecret)
            + plan.folders.compactMap(\.kubernetesSecret)
        {
            facts.append(("kubernetes secret", "\(secret.namespace.map { $0 + "/" } ?? "")\(secret.name)"))
        }
        facts.append(("our containers", summary.injectedContainers.joined(separator: ", ")))
        return facts.filter { !$0.1.isEmpty }
    }

    private static func describe(_ source: ConfigurationSource) -> String {
        switch source {
        case .secret(let name): "Secret \(name), key config"
        case .aws(let id, let region): "AWS Secrets Manager, \(id)" + (region.map { " in \($0)" } ?? "")
        case .gcp(let id): "GCP Secret Manager, \(id)"
        case .azure(let vault, let secret): "Azure Key Vault \(vault), \(secret)"
        case .commandLine: "the command line"
        }
    }

    private static func describe(_ selection: Selection) -> String {
        let format =
            if case .template = selection.format { "template" } else {
                Format.named.first { $0.format == selection.format }?.name ?? "raw"
            }
        let mode = selection.mode.map { ", mode 0" + String($0, radix: 8) } ?? ""
        let variables = selection.environment.map(describe)
        let file: String? =
            switch selection.output {
            case .path(let path): "\(path) (\(selection.origin), \(format)\(mode))"
            case .namedByTitle(let directory, let suffix):
                "\(directory)/<title>\(suffix) (\(selection.origin), \(format)\(mode))"
            case .noFile: variables == nil ? "no file (\(selection.origin))" : nil
            }
        return [file, variables.map { $0 + (file == nil ? " (\(selection.origin))" : "") }].compactMap(\.self)
            .joined(separator: "; ")
    }

    private static func describe(_ variables: EnvironmentVariables) -> String {
        let names = variables.names.map { "\($0.name) from \($0.field)" }
        return (["variables \(variables.prefix)<FIELD>"] + names).joined(separator: ", ")
    }

    private static func describe(_ access: FileAccess, _ rule: AccessRule) -> String {
        let user = access.user.map(String.init) ?? "the agent"
        let group = access.group.map(String.init) ?? "none"
        let mode = access.mode.map { ", mode 0" + String($0, radix: 8) } ?? ""
        return switch rule {
        case .annotation: "uid \(user)\(mode): run-as-user says so"
        case .containersUser: "uid \(user)\(mode): all containers run as it"
        case .fsGroup: "group \(group)\(mode): the pod's fsGroup"
        case .supplementalGroup: "group \(group)\(mode): added to the pod, since its uid is not known"
        }
    }

    func text(colours: Bool) -> String {
        let colour = ["injected": "32", "denied": "31"][result] ?? "33"
        let shown = colours ? "\u{1B}[\(colour)m\(result)\u{1B}[0m" : result
        var lines = ["\(printable(pod)) in \(printable(namespace)): \(shown)"]
        for fact in facts {
            let pad = String(repeating: " ", count: max(1, 18 - fact.name.count))
            lines.append("  " + fact.name + pad + printable(fact.value, limit: 400))
        }
        lines += warnings.map { "  warning: " + printable($0, limit: 400) }
        for mistake in mistakes {
            lines += ("mistake: " + mistake).split(separator: "\n").map { "  " + $0 }
        }
        return lines.joined(separator: "\n")
    }
}
