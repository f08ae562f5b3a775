/// A field of a record, as Keeper keeps it: always a list of values, empty when nothing is entered.
package struct EmulatorField: Sendable, Equatable {
    package var type: String
    package var label: String?
    package var value: [JSON]

    package init(_ type: String, label: String? = nil, _ value: JSON...) {
        self.init(type: type, label: label, value: value)
    }

    package init(type: String, label: String? = nil, value: [JSON]) {
        self.type = type
        self.label = label
        self.value = value
    }

    /// Whether a name from outside means this field: its type or its label, exactly.
    package func isNamed(_ name: String) -> Bool { type == name || label == name }

    /// `{type, label?, value}`
    package var json: JSON {
        var members = [JSON.Member("type", .string(type))]
        if let label { members.append(.init("label", .string(label))) }
        members.append(.init("value", .array(value)))
        return .object(members)
    }
}
