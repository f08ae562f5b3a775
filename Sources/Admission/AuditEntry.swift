package import JSONText

/// What the audit log says of one review. It holds names, never a value of a secret.
package struct AuditEntry: Equatable, Sendable {
    package var namespace: String?
    /// `ReplicaSet/web-7d4b9`: the controller among the pod's owners.
    package var owner: String?
    /// The pod's name, else its `generateName`.
    package var name: String?
    /// Of the request.
    package var uid: String?
    /// Who asked for the pod.
    package var user: String?
    package var result: Result
    /// What was injected; `nil` unless `result` is `.injected`.
    package var injected: Injected?
    /// Why the pod was left alone, denied or not understood.
    package var reasons: [String] = []
    package var dryRun = false

    package init(result: Result) { self.result = result }

    package enum Result: String, CaseIterable, Sendable {
        case injected, unchanged, denied, malformed
    }

    package struct Injected: Equatable, Sendable {
        package var containers: [String]
        package var backend: String
        package var selections: Int
        /// Number of the rule of the contract's section 3.
        package var accessRule: Int
    }

    /// Appends the entry as members of a JSON object, without its braces: `"result":"injected",…`.
    package func appendMembers(to writer: inout JSONWriter) {
        writer.raw("\"result\":")
        writer.string(result.rawValue)
        append("namespace", namespace, to: &writer)
        append("owner", owner, to: &writer)
        append("name", name, to: &writer)
        append("uid", uid, to: &writer)
        append("user", user, to: &writer)
        writer.raw(dryRun ? ",\"dryRun\":true" : ",\"dryRun\":false")
        if let injected {
            writer.raw(",\"injected\":{\"containers\":")
            append(injected.containers, to: &writer)
            writer.raw(",\"backend\":")
            writer.string(injected.backend)
            writer.raw(",\"selections\":")
            writer.integer(injected.selections)
            writer.raw(",\"accessRule\":")
            writer.integer(injected.accessRule)
            writer.raw("}")
        }
        writer.raw(",\"reasons\":")
        append(reasons, to: &writer)
    }

    private func append(_ key: StaticString, _ value: String?, to writer: inout JSONWriter) {
        guard let value else { return }
        writer.raw(",\"")
        writer.raw(key)
        writer.raw("\":")
        writer.string(value)
    }

    private func append(_ texts: [String], to writer: inout JSONWriter) {
        writer.raw("[")
        for text in texts {
            writer.separate()
            writer.string(text)
        }
        writer.raw("]")
    }
}
