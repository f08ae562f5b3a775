import Plan
import Yams

/// Turns YAML text into values, within bounds: an alias may stand for a bomb.
struct ValueReader {
    static let maxValues = 1_000_000
    static let maxDepth = 100

    private var count = 0

    /// The document of a text; `nil` when there is none.
    ///
    /// - Throws: `ManifestProblem`: no YAML, several documents, or beyond the bounds.
    static func read(_ text: String) throws(ManifestProblem) -> ManifestValue? {
        let node: Node?
        do {
            node = try Parser(yaml: text, resolver: .basic).singleRoot()
        } catch {
            throw ManifestProblem(reason: printable("\(error)", limit: 400))
        }
        guard let node else { return nil }
        var reader = ValueReader()
        return try reader.value(of: node, depth: 0)
    }

    private mutating func value(of node: Node, depth: Int) throws(ManifestProblem) -> ManifestValue {
        count += 1
        guard count <= Self.maxValues else { throw ManifestProblem(reason: "more than 1,000,000 values") }
        guard depth <= Self.maxDepth else { throw ManifestProblem(reason: "nested deeper than 100") }
        switch node {
        case .scalar(let scalar): return Self.scalar(scalar)
        case .sequence(let sequence):
            var items: [ManifestValue] = []
            for item in sequence { items.append(try value(of: item, depth: depth + 1)) }
            return ManifestValue(.list(items), mark: sequence.mark)
        case .mapping(let mapping):
            return ManifestValue(.map(try entries(of: mapping, depth: depth)), mark: mapping.mark)
        case .alias: throw ManifestProblem(reason: "an alias without an anchor")
        }
    }

    private mutating func entries(
        of mapping: Node.Mapping, depth: Int
    ) throws(ManifestProblem) -> [ManifestValue.Entry] {
        var own: [ManifestValue.Entry] = []
        var merged: [ManifestValue.Entry] = []
        for (key, node) in mapping {
            guard let scalar = key.scalar else { throw ManifestProblem(reason: "a key that is no text") }
            let value = try value(of: node, depth: depth + 1)
            if scalar.style == .plain, scalar.string == "<<" {
                let sources = value.isMap ? [value] : value.items
                guard value.isMap || !sources.isEmpty, sources.allSatisfy(\.isMap) else {
                    throw ManifestProblem(reason: "a merge key without a map")
                }
                for case .map(let entries) in sources.map(\.content) { merged += entries }
            } else {
                own.append(.init(key: scalar.string, value: value, mark: scalar.mark))
            }
        }
        var names = Set(own.map(\.key))
        // The map's own keys win, then the first that is merged.
        for entry in merged where names.insert(entry.key).inserted { own.append(entry) }
        return own
    }

    private static func scalar(_ scalar: Node.Scalar) -> ManifestValue {
        let tag = scalar.tag.description
        let isPlain = scalar.style == .plain && tag.isEmpty
        let isTyped = ["int", "float", "bool", "null"].contains { tag == "tag:yaml.org,2002:" + $0 }
        let plain = isPlain ? scalar.string : nil
        if isPlain || isTyped, let literal = ScalarResolution.literal(scalar.string) {
            return ManifestValue(.literal(literal), mark: scalar.mark, plain: plain)
        }
        return ManifestValue(.string(scalar.string), mark: scalar.mark, plain: plain)
    }
}

/// What is wrong with a document.
struct ManifestProblem: Error, Equatable {
    var reason: String
}
