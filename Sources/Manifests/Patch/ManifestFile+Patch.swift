/// A manifest after its patches.
package struct PatchedManifest: Equatable, Sendable {
    /// The whole file; documents without a patch keep their very bytes.
    package var text: String
    /// What the user should know: documents whose comments were lost.
    package var notes: [String]
}

/// A pod and the JSON Patch (RFC 6902) for it.
package struct PodPatch: Sendable {
    package var pod: PodTemplate
    package var json: [UInt8]

    package init(pod: PodTemplate, json: [UInt8]) {
        self.pod = pod
        self.json = json
    }
}

extension ManifestFile {
    /// The file with its pods patched. The user's text stays as it is wherever adding lines suffices;
    /// otherwise the document is written anew, which loses its comments.
    ///
    /// - Throws: `ManifestError.patch` when a patch does not fit its pod.
    package func applying(_ patches: [PodPatch]) throws(ManifestError) -> PatchedManifest {
        var result = PatchedManifest(text: "", notes: [])
        for (index, document) in documents.enumerated() {
            let ours = patches.filter { $0.pod.document == index }
            guard let root = document.root, !ours.isEmpty else {
                result.text += document.text
                continue
            }
            var operations: [PatchOperation] = []
            var wanted = root
            for patch in ours {
                do throws(ManifestProblem) {
                    for var operation in try PatchOperation.read(patch.json) {
                        operation.path = patch.pod.path + operation.path
                        wanted = try wanted.applying(operation)
                        operations.append(operation)
                    }
                } catch {
                    throw .patch(patch.pod.title, error.reason)
                }
            }
            if operations.isEmpty {
                result.text += document.text
            } else if isJSON {
                result.text += JSONText.pretty(wanted) + "\n"
            } else if let edited = Self.edit(document.text, root: root, operations, wanted: wanted) {
                result.text += edited
            } else {
                result.text += Self.rewrite(document.text, wanted)
                let titles = ours.map(\.pod.title).joined(separator: ", ")
                result.notes.append("\(titles): the document is written anew, its comments are lost")
            }
        }
        return result
    }

    /// The text with all operations in it; `nil` when it would not mean what it should.
    private static func edit(
        _ text: String, root: ManifestValue, _ operations: [PatchOperation], wanted: ManifestValue
    ) -> String? {
        // Marks count lines by these breaks too, the editor does not.
        let unusual: Set<Unicode.Scalar> = ["\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}"]
        guard !text.unicodeScalars.contains(where: unusual.contains), hasOneLineBreak(text) else {
            return nil
        }
        var text = text
        var root = root
        for operation in operations {
            var editor = TextEditor(text)
            guard editor.apply(operation, to: root) else { return nil }
            text = editor.text
            guard let next = try? ValueReader.read(text) else { return nil }
            root = next
        }
        return root.isSame(as: wanted) ? text : nil
    }

    /// Whether all lines end the same way, which the editor takes for granted.
    private static func hasOneLineBreak(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        let returns = scalars.count { $0 == "\r" }
        guard returns > 0 else { return true }
        var pairs = 0
        var last: Unicode.Scalar?
        for scalar in scalars {
            if scalar == "\n", last == "\r" { pairs += 1 }
            last = scalar
        }
        return returns == pairs && pairs == scalars.count { $0 == "\n" }
    }

    private static func rewrite(_ text: String, _ value: ManifestValue) -> String {
        let marker = text.hasPrefix("---") ? "---\n" : ""
        let body = BlockText.lines(value, indent: 0).joined(separator: "\n")
        let ending = text.split(whereSeparator: \.isNewline).last == "..." ? "\n...\n" : "\n"
        return marker + body + ending
    }
}
