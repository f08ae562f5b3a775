/// One operation of a JSON Patch (RFC 6902) as the injector writes them: `add` and `replace`.
struct PatchOperation: Sendable {
    var adds: Bool
    var path: [String]
    var value: ManifestValue

    /// Reads a whole patch.
    ///
    /// - Throws: `ManifestProblem` when it is no patch, or has other operations.
    static func read(_ json: [UInt8]) throws(ManifestProblem) -> [PatchOperation] {
        guard let text = String(validating: json, as: UTF8.self), let root = try ValueReader.read(text),
            case .list(let items) = root.content
        else { throw ManifestProblem(reason: "it is no JSON list") }
        var operations: [PatchOperation] = []
        for item in items {
            guard let name = item["op"]?.string, name == "add" || name == "replace",
                let pointer = item["path"]?.string, pointer.isEmpty || pointer.hasPrefix("/"),
                let value = item["value"]
            else { throw ManifestProblem(reason: "an operation other than add and replace") }
            let steps = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            operations.append(
                PatchOperation(adds: name == "add", path: steps.map(unescape), value: value.withoutMarks))
        }
        return operations
    }

    /// `~1` is a slash, `~0` a tilde (RFC 6901).
    private static func unescape(_ step: Substring) -> String {
        step.split(separator: "~1", omittingEmptySubsequences: false).map { part in
            part.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }.joined(separator: "/")
    }
}

extension ManifestValue {
    /// The same without the places of another text.
    fileprivate var withoutMarks: ManifestValue {
        switch content {
        case .string, .literal: ManifestValue(content)
        case .list(let items): ManifestValue(.list(items.map(\.withoutMarks)))
        case .map(let entries):
            ManifestValue(.map(entries.map { Entry(key: $0.key, value: $0.value.withoutMarks) }))
        }
    }

    /// The value after an operation.
    ///
    /// - Throws: `ManifestProblem` when the place is not there.
    func applying(_ operation: PatchOperation) throws(ManifestProblem) -> ManifestValue {
        try applying(operation, at: operation.path[...])
    }

    private func applying(
        _ operation: PatchOperation, at path: ArraySlice<String>
    ) throws(ManifestProblem) -> ManifestValue {
        guard let step = path.first else { return operation.value }
        let isLast = path.count == 1
        var copy = self
        switch content {
        case .map(var entries):
            if let index = entries.firstIndex(where: { $0.key == step }) {
                entries[index].value = try entries[index].value.applying(operation, at: path.dropFirst())
            } else if isLast, operation.adds {
                entries.append(Entry(key: step, value: operation.value))
            } else {
                throw ManifestProblem(reason: "there is no '\(step)'")
            }
            copy.content = .map(entries)
        case .list(var items):
            let index = step == "-" ? items.count : Int(step) ?? -1
            if isLast, operation.adds, (0...items.count).contains(index) {
                items.insert(operation.value, at: index)
            } else if items.indices.contains(index) {
                items[index] = try items[index].applying(operation, at: path.dropFirst())
            } else {
                throw ManifestProblem(reason: "there is no item '\(step)'")
            }
            copy.content = .list(items)
        default: throw ManifestProblem(reason: "'\(step)' is asked of a value that holds none")
        }
        return copy
    }
}
