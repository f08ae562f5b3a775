/// Keeper notation, parsed: `[keeper://]RECORD/SELECTOR…` (KSM-PROTOCOL, section 5).
///
///     try Notation("keeper://db/custom_field/phones[1][number]")
package struct Notation: Equatable, Sendable {
    /// The notation as it was written, for messages and for the Plan's JSON.
    package var text: String
    /// Uid or title, unescaped.
    package var record: String
    package var selector: Selector

    /// What of the record is meant.
    package enum Selector: Equatable, Sendable {
        case type, title, notes
        /// `field/NAME…`: by type or label within the standard fields.
        case field(name: String, index: Index)
        /// `custom_field/NAME…`: by type or label within the custom fields.
        case customField(name: String, index: Index)
        /// `file/NAME`: by name, title or file uid.
        case file(name: String)
    }

    /// Which values of a field.
    package struct Index: Equatable, Sendable {
        /// `[n]`; `nil` for `[]` or nothing: all.
        package var position: Int?
        /// `[n][prop]`, `[][prop]`: a property of object values.
        package var property: String?

        package init(position: Int? = nil, property: String? = nil) {
            self.position = position
            self.property = property
        }
    }
}

/// Why a notation cannot be read.
package struct NotationError: Error, Equatable, Sendable {
    /// What is wrong, for a person.
    package var reason: String
    /// Characters from the start of the notation, where known.
    package var position: Int?

    package init(reason: String, position: Int? = nil) {
        self.reason = reason
        self.position = position
    }
}
