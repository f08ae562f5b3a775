import KeeperCrypto
import SecretMemory
import Yams

/// A value of a vault file that knows its place, so that mistakes can be told.
struct VaultNode {
    private let node: Node
    /// Such as `folders[0].records[2].title`.
    let place: String

    init(_ node: Node, place: String) {
        self.node = node
        self.place = place
    }

    func error(_ reason: String) -> VaultError { .file(place: place, reason: reason) }

    var isMapping: Bool { node.mapping != nil }

    /// Itself, if it is a mapping with no other keys than these.
    func mapping(allowing keys: [String]) throws -> VaultNode {
        for (key, _) in try members() where !keys.contains(key) {
            throw error("unknown key '\(key)'; known are \(keys.joined(separator: ", "))")
        }
        return self
    }

    func members() throws -> [(String, VaultNode)] {
        guard let mapping = node.mapping else { throw error("a mapping is expected") }
        return try mapping.map { key, value in
            guard let name = key.string else { throw error("a key is no text") }
            return (name, VaultNode(value, place: "\(place).\(name)"))
        }
    }

    func elements() throws -> [VaultNode] {
        guard let sequence = node.sequence else { throw error("a list is expected") }
        return sequence.enumerated().map { VaultNode($1, place: "\(place)[\($0)]") }
    }

    /// The value of a key; `nil` when it is missing or null.
    subscript(key: String) -> VaultNode? {
        guard let value = node.mapping?[Node(key)], value.null == nil else { return nil }
        return VaultNode(value, place: "\(place).\(key)")
    }

    func list(_ key: String) throws -> [VaultNode] { try self[key]?.elements() ?? [] }

    /// Any scalar's text, as it is written.
    func scalarText() throws -> String {
        guard let scalar = node.scalar else { throw error("text is expected") }
        return scalar.string
    }

    func string(_ key: String) throws -> String? { try self[key]?.scalarText() }

    func required(_ key: String) throws -> String {
        guard let text = try string(key) else { throw error("'\(key)' is missing") }
        return text
    }

    func integer(_ key: String) throws -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = Int(try value.scalarText()), number >= 0 else {
            throw value.error("a whole number is expected")
        }
        return number
    }

    func flag(_ key: String) throws -> Bool? {
        guard let value = self[key] else { return nil }
        guard let flag = value.node.bool else { throw value.error("true or false is expected") }
        return flag
    }

    /// A field's list of values: a list as it is, one value alone, nothing for null.
    func values() throws -> [JSON] {
        if node.null != nil { return [] }
        if node.sequence != nil { return try elements().map { try $0.json() } }
        return [try json()]
    }

    private func json() throws -> JSON {
        if isMapping {
            return .object(try members().map { JSON.Member($0, try $1.json()) })
        }
        if node.sequence != nil { return .array(try elements().map { try $0.json() }) }
        let text = try scalarText()
        switch node.tag.description {
        case "tag:yaml.org,2002:null": return .null
        case "tag:yaml.org,2002:bool": return .bool(node.bool ?? false)
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float":
            // 0x1F and the like are YAML's, not JSON's.
            if let number = try? JSON(parsing: Array(text.utf8)) { return number }
            return .string(text)
        default: return .string(text)
        }
    }

    /// A uid that depends on the place alone.
    func derivedUID() throws -> String {
        let digest = try sha256(SecretBytes(place.utf8))
        return digest.withUnsafeBytes {
            Base64.encode(UnsafeRawBufferPointer(rebasing: $0[..<16]), alphabet: .urlSafe)
        }
    }
}
