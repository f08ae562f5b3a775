package import SecretMemory

/// The fields of a record by name (KSM-PROTOCOL, section 6): what formats and templates see.
///
/// A field's name is its label, or its type where it has none; `fields` come before `custom`. Of two
/// fields with one name the first stays, unless it is empty and a later one is not.
package struct FieldMap: Sendable {
    /// One field under its name.
    package struct Entry: Sendable {
        package let key: String
        /// Where none: an empty string; where one: it; where several: a list.
        package let values: [JSONValue]

        /// Whether there is nothing in it: no values, or empty strings and nulls alone.
        package var isEmpty: Bool { values.allSatisfy(\.isEmptyText) }
    }

    /// In the record's order, each key once.
    package private(set) var entries: [Entry] = []
    /// Keys that more than one field has: all but one value of each cannot be seen. For the log.
    package private(set) var shadowed: [String] = []
    /// Where each key's entry is. By bytes: Swift's `==` equates composed and decomposed letters.
    private var positions: [[UInt8]: Int] = [:]

    package init(_ record: Record) {
        for field in record.fields + record.custom {
            let label = field.label ?? ""
            add(Entry(key: label.isEmpty ? field.type : label, values: field.values))
        }
    }

    package subscript(key: String) -> Entry? { positions[Array(key.utf8)].map { entries[$0] } }

    /// The names, in the record's order.
    package var keys: [String] { entries.map(\.key) }

    private mutating func add(_ entry: Entry) {
        let name = Array(entry.key.utf8)
        guard let position = positions[name] else {
            positions[name] = entries.count
            return entries.append(entry)
        }
        if !shadowed.contains(entry.key) { shadowed.append(entry.key) }
        if entries[position].isEmpty, !entry.isEmpty { entries[position] = entry }
    }
}

extension JSONValue {
    fileprivate var isEmptyText: Bool {
        switch kind {
        case .null: true
        case .string: withText(\.isEmpty)
        default: false
        }
    }
}
