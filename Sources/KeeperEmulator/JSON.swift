package import SecretMemory

/// A JSON value in ordinary memory: the emulator's vault holds no real secret.
///
/// Object keys keep their order and numbers their spelling, so that what a client gets back is what
/// the vault file says.
package indirect enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As it is written: `1.50` stays `1.50`.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSON

        package init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// - Throws: `JSONError` with the byte offset of the first mistake.
    package init(parsing text: [UInt8]) throws(JSONError) {
        self.init(try JSONDocument(parsing: SecretBytes(text), limits: JSONLimits(values: 200_000)).root)
    }

    /// A copy of secret memory, for values that are no real secrets.
    package init(_ value: JSONValue) {
        self =
            switch value.kind {
            case .null: .null
            case .true: .bool(true)
            case .false: .bool(false)
            case .number: .number(value.withText { String(decoding: $0, as: UTF8.self) })
            case .string: .string(value.string ?? "")
            case .array: .array(value.elements.map(JSON.init))
            case .object: .object(value.members.map { Member($0.key.string ?? "", JSON($0.value)) })
            }
    }

    /// The value of a key; `nil` when there is none, or this is no object.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
    package var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    /// A whole number.
    package static func number(_ value: Int) -> JSON { .number(String(value)) }
}
