/// A pod of a manifest: a Pod itself, or the template of a workload.
package struct PodTemplate: Sendable {
    /// Kind and name, for messages: `Deployment orders`.
    package let title: String
    /// `metadata.namespace` of the object; `nil` when it has none.
    package let namespace: String?
    /// Whether it has a `spec`, as real pods do.
    package var hasSpec: Bool { value["spec"]?.isMap == true }
    /// All of them; `nil` for a value that is no string, which Kubernetes refuses.
    package var annotations: [(name: String, value: String?)] {
        guard case .map(let entries)? = value["metadata"]?["annotations"]?.content else { return [] }
        return entries.map { ($0.key, $0.value.string) }
    }

    let document: Int
    /// Where it stands in its document.
    let path: [String]
    let value: ManifestValue

    /// The pod as JSON text, as the API server would hand it to the webhook.
    package var json: [UInt8] { Array(JSONText.compact(value).utf8) }

    static func all(in root: ManifestValue, path: [String], document: Int) -> [PodTemplate] {
        guard let kind = root["kind"]?.string else { return [] }
        let steps: [String]
        switch kind {
        case "Pod": steps = []
        case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job":
            steps = ["spec", "template"]
        case "CronJob": steps = ["spec", "jobTemplate", "spec", "template"]
        case let list where list.hasSuffix("List") && root["items"] != nil:
            return (root["items"]?.items ?? []).enumerated().flatMap { index, item in
                all(in: item, path: path + ["items", String(index)], document: document)
            }
        default: return []
        }
        guard let value = root.find(steps), value.isMap else { return [] }
        let metadata = root["metadata"]
        let name = metadata?["name"]?.string ?? metadata?["generateName"]?.string
        return [
            PodTemplate(
                title: "\(kind) \(name ?? "(no name)")", namespace: metadata?["namespace"]?.string,
                document: document, path: path + steps, value: value)
        ]
    }
}
