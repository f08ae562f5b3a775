import Injection
import Plan

/// A setting: its name, and how its value becomes policy. The one table of flags and file.
struct PolicySetting: Sendable {
    let name: String
    /// Whether it takes several values, which a flag separates by commas.
    let isList: Bool
    let apply: @Sendable ([String], inout PolicyDraft) throws(PolicyMistake) -> Void

    static func find(_ name: String) -> PolicySetting? { all.first { $0.name == name } }

    /// The values of a text: of a list those between commas, without white space around them.
    func split(_ text: String) -> [String] {
        guard isList else { return [text] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return parts == [""] ? [] : parts
    }

    private static func list(
        _ name: String,
        _ apply: @escaping @Sendable ([String], inout PolicyDraft) throws(PolicyMistake) -> Void
    ) -> PolicySetting {
        PolicySetting(name: name, isList: true, apply: apply)
    }

    private static func one(
        _ name: String, _ apply: @escaping @Sendable (String, inout PolicyDraft) throws(PolicyMistake) -> Void
    ) -> PolicySetting {
        PolicySetting(name: name, isList: false) { values, draft throws(PolicyMistake) in
            guard let value = values.first, values.count == 1 else {
                throw PolicyMistake(problem: "is a list", expected: "one value")
            }
            try apply(value, &draft)
        }
    }

    /// A setting whose value goes straight to its place.
    private static func one<Value: Sendable>(
        _ name: String, _ place: any WritableKeyPath<PolicyDraft, Value> & Sendable,
        _ read: @escaping @Sendable (String) throws(PolicyMistake) -> Value
    ) -> PolicySetting {
        one(name) { text, draft throws(PolicyMistake) in draft[keyPath: place] = try read(text) }
    }

    static let all: [PolicySetting] = [
        one("agent-image", \.policy.agentImage, PolicyValue.image),
        one("agent-image-pull-policy", \.policy.imagePullPolicy) { text throws(PolicyMistake) in
            try PolicyValue.choice(text, of: ["Always", "IfNotPresent", "Never"])
        },
        one("native-sidecars", \.policy.nativeSidecars, PolicyValue.boolean),
        list("fuse-namespaces") { values, draft throws(PolicyMistake) in
            draft.policy.fuseNamespaces = try PolicyValue.namespaceSet(values)
        },
        one("fuse-transport", \.policy.fuseTransport) { text throws(PolicyMistake) in
            try PolicyValue.member(text)
        },
        one("fuse-grace", \.policy.fuseGrace, PolicyValue.grace),
        one("fuse-audit", \.policy.defaults.fuse.audit, PolicyValue.boolean),
        one("fuse-direct-io", \.policy.defaults.fuse.directIO, PolicyValue.boolean),
        one("fuse-memory-limit", \.policy.defaults.fuse.memoryLimit, PolicyValue.memory),
        list("kubernetes-secret-namespaces") { values, draft throws(PolicyMistake) in
            draft.policy.kubernetesSecretNamespaces = try PolicyValue.namespaceSet(values)
        },
        list("kubernetes-secret-pairs") { values, draft throws(PolicyMistake) in
            draft.policy.kubernetesSecretPairs = try PolicyValue.pairs(values)
        },
        list("excluded-namespaces") { values, draft throws(PolicyMistake) in
            draft.policy.excludedNamespaces = try PolicyValue.namespaces(values)
        },
        one("strict-annotations", \.policy.strictAnnotations, PolicyValue.boolean),
        one("secrets-group", \.policy.secretsGroup, PolicyValue.group),
        one("default-auth-secret", \.policy.defaults.authSecret) { text throws(PolicyMistake) in
            try PolicyValue.secretName(text)
        },
        one("default-backend", \.policy.defaults.backend) { text throws(PolicyMistake) in
            try PolicyValue.member(text)
        },
        one("default-refresh-interval", \.policy.defaults.refreshInterval) { text throws(PolicyMistake) in
            try PolicyValue.refreshInterval(text)
        },
        one("default-metrics-port", \.policy.defaults.metricsPort) { text throws(PolicyMistake) in
            try PolicyValue.port(text)
        },
        one("default-log-level", \.policy.defaults.logLevel) { text throws(PolicyMistake) in
            try PolicyValue.choice(text, of: ["debug", "info", "warn", "error"])
        },
        one("default-proxy", \.proxy) { text throws(PolicyMistake) in try PolicyValue.proxy(text) },
        list("default-no-proxy") { values, draft throws(PolicyMistake) in
            draft.noProxy = try PolicyValue.hosts(values)
        },
        one("default-sidecar-cpu-request", \.policy.defaults.resources.cpuRequest, PolicyValue.quantity),
        one("default-sidecar-cpu-limit", \.policy.defaults.resources.cpuLimit, PolicyValue.quantity),
        one(
            "default-sidecar-memory-request", \.policy.defaults.resources.memoryRequest, PolicyValue.quantity),
        one("default-sidecar-memory-limit", \.policy.defaults.resources.memoryLimit, PolicyValue.quantity),
        one("default-tmpfs-size", \.policy.defaults.tmpfsSize, PolicyValue.quantity),
    ]
}
