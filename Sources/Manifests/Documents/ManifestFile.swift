/// A file of Kubernetes objects: YAML with any number of documents, or JSON.
///
///     let file = try ManifestFile(text, source: "app.yaml")
///     for pod in file.pods { … pod.json … }
package struct ManifestFile: Sendable {
    struct Document: Sendable {
        var text: String
        /// `nil` when there are comments alone.
        var root: ManifestValue?
    }

    let documents: [Document]
    /// Whether the file is JSON, and is printed as such.
    let isJSON: Bool
    /// Pods and pod templates, in the file's order.
    package let pods: [PodTemplate]

    /// - Parameter source: what messages call the file.
    package init(_ text: String, source: String) throws(ManifestError) {
        isJSON = text.first { !$0.isWhitespace } == "{"
        var documents: [Document] = []
        var pods: [PodTemplate] = []
        for (index, piece) in (isJSON ? [text] : DocumentSplitter.split(text)).enumerated() {
            do throws(ManifestProblem) {
                let root = try ValueReader.read(piece)
                if let root { pods += PodTemplate.all(in: root, path: [], document: index) }
                documents.append(Document(text: piece, root: root))
            } catch {
                throw .malformed(source, "document \(index + 1): \(error.reason)")
            }
        }
        self.documents = documents
        self.pods = pods
    }
}
