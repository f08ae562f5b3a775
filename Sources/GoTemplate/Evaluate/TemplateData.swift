package import SecretMemory

/// What a template sees as its dot.
package enum TemplateData: Sendable {
    case json(JSONValue)
    /// Fields by name: none: an empty string; one: it; several: a list (KSM-PROTOCOL, section 6).
    /// `texts` come beside them.
    case fields([(key: String, values: [JSONValue])], texts: [(key: String, value: SecretBytes)] = [])
}

extension Engine {
    func value(of data: TemplateData) throws(FunctionFailure) -> Value {
        switch data {
        case .json(let value): return try self.value(of: value)
        case .fields(let fields, let texts):
            var members: [Text: Value] = [:]
            for text in texts { members[Text(text.key)] = .string(Text(text.value)) }
            for field in fields {
                let value: Value
                switch field.values.count {
                case 0: value = .string(.empty)
                case 1: value = try self.value(of: field.values[0])
                default:
                    var elements: [Value] = []
                    for element in field.values { elements.append(try self.value(of: element)) }
                    value = try listOfData(elements)
                }
                members[Text(field.key)] = value
            }
            return try dictOfData(members)
        }
    }

    /// As Go's `encoding/json` reads into an `interface{}`: every number is a float64.
    func value(of json: JSONValue) throws(FunctionFailure) -> Value {
        switch json.kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .number: return .float(json.double ?? 0)
        case .string: return .string(json.secretString.map { Text($0) } ?? .empty)
        case .array:
            var elements: [Value] = []
            for element in json.elements { elements.append(try value(of: element)) }
            return try listOfData(elements)
        case .object:
            var members: [Text: Value] = [:]
            for member in json.members {
                members[member.key.secretString.map { Text($0) } ?? .empty] = try value(of: member.value)
            }
            return try dictOfData(members)
        }
    }
}
