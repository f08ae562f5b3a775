import KubeClient
import SecretMemory

/// A Secret as it was read; its values stay in the answer.
struct ExistingSecret: Sendable {
    var uid: String
    var version: String
    var type: String
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    var isImmutable: Bool
    var isBeingDeleted: Bool
    /// base64.
    var data: [String: JSONValue] = [:]
    /// As they stand in the answer, with the uid of each.
    var owners: [(uid: String, kind: String, json: JSONValue)] = []

    var isOurs: Bool { labels[SecretMark.label] == SecretMark.manager }

    init(_ document: JSONDocument) throws(KubeError) {
        let root = document.root
        guard let metadata = root["metadata"], let uid = metadata["uid"]?.string,
            let version = metadata["resourceVersion"]?.string
        else { throw .malformed(what: "a Secret", reason: "has no uid or resourceVersion") }
        self.uid = uid
        self.version = version
        type = root["type"]?.string ?? "Opaque"
        isImmutable = root["immutable"]?.bool ?? false
        isBeingDeleted = metadata["deletionTimestamp"]?.string != nil
        for (key, value) in metadata["labels"]?.members ?? [] { labels[key.string ?? ""] = value.string }
        for (key, value) in metadata["annotations"]?.members ?? []
        where key.string?.hasPrefix("keeper.") == true {
            annotations[key.string ?? ""] = value.string
        }
        for (key, value) in root["data"]?.members ?? [] { data[key.string ?? ""] = value }
        for owner in metadata["ownerReferences"]?.elements ?? [] {
            owners.append((owner["uid"]?.string ?? "", owner["kind"]?.string ?? "", owner))
        }
    }

    /// Whether a key has this value.
    func has(_ value: SecretBytes, at key: String) -> Bool {
        guard let text = data[key] else { return false }
        return text.withText { Base64.decode($0) }?.hasSameBytes(as: value) == true
    }
}
