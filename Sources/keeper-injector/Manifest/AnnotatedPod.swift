import Injection
import Manifests

/// The one pod of a manifest that asks for secrets.
struct AnnotatedPod {
    /// Kind and name, for messages: `Deployment orders`.
    let title: String
    let annotations: [Annotation]
    /// The whole pod; `nil` where only its annotations are known.
    let template: PodTemplate?

    /// - Throws: `PodChoiceError` unless there is exactly one, with annotations that are strings.
    init(in file: ManifestFile, source: String) throws(PodChoiceError) {
        guard !file.pods.isEmpty else { throw .noPod(source) }
        let ours = file.pods.filter { $0.annotations.contains { $0.name.hasPrefix(Annotation.prefix) } }
        let chosen = ours.isEmpty && file.pods.count == 1 ? file.pods : ours
        guard let pod = chosen.first else { throw .noneAnnotated(source, file.pods.map(\.title)) }
        guard chosen.count == 1 else { throw .severalAnnotated(source, chosen.map(\.title)) }
        var annotations: [Annotation] = []
        for (name, value) in pod.annotations {
            guard let value else { throw .notAString(source, pod.title, name) }
            annotations.append(Annotation(name: name, value: value))
        }
        title = pod.title
        self.annotations = annotations
        template = pod.hasSpec ? pod : nil
    }

    /// - Parameter pairs: `KEY=VALUE`; a key without a slash gets the prefix.
    init(annotations pairs: [String]) {
        title = "the command line"
        annotations = pairs.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(parts.first ?? "")
            return Annotation(
                name: key.contains("/") ? key : Annotation.prefix + key, value: String(parts.last ?? ""))
        }
        template = nil
    }
}
