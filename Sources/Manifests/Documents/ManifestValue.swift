import Yams

/// A YAML value as Kubernetes reads it: aliases and merge keys resolved, types by YAML 1.1. It remembers
/// where and how it was written, which does not count when values are compared.
struct ManifestValue: Sendable {
    enum Content: Sendable {
        case string(String)
        /// `null`, `true`, `false` or a number, as JSON writes it.
        case literal(String)
        case list([ManifestValue])
        case map([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var value: ManifestValue
        /// Where the key stands.
        var mark: Mark?
    }

    var content: Content
    /// Where it begins; a block list at its first dash, a block map at its first key.
    var mark: Mark?
    /// The text of a scalar without quotes: it keeps `0644` and `1.0` as the user wrote them.
    var plain: String?

    init(_ content: Content, mark: Mark? = nil, plain: String? = nil) {
        self.content = content
        self.mark = mark
        self.plain = plain
    }

    subscript(key: String) -> ManifestValue? {
        guard case .map(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    var string: String? {
        guard case .string(let text) = content else { return nil }
        return text
    }

    var items: [ManifestValue] {
        guard case .list(let items) = content else { return [] }
        return items
    }

    var isMap: Bool {
        guard case .map = content else { return false }
        return true
    }

    /// The value at a place; `nil` when there is none.
    func find(_ path: some Collection<String>) -> ManifestValue? {
        guard let step = path.first else { return self }
        let rest = path.dropFirst()
        guard case .list(let items) = content else { return self[step]?.find(rest) }
        guard let index = Int(step), items.indices.contains(index) else { return nil }
        return items[index].find(rest)
    }

    /// Whether both mean the same to Kubernetes: order in maps and style do not count.
    func isSame(as other: ManifestValue) -> Bool {
        switch (content, other.content) {
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.literal(let a), .literal(let b)): a == b
        case (.list(let a), .list(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        case (.map(let a), .map(let b)):
            a.count == b.count
                && zip(a.sorted { $0.key < $1.key }, b.sorted { $0.key < $1.key }).allSatisfy {
                    $0.key == $1.key && $0.value.isSame(as: $1.value)
                }
        default: false
        }
    }
}
