/// One value of a JSON text: where it lies, and where the next sibling's node is.
package struct JSONNode: Sendable {
    package var kind: JSONKind
    /// Whether a string holds a backslash, so that it must be unescaped when read.
    package var escaped = false
    /// First byte of the text; for a string the byte after the quote.
    package var start: UInt32
    /// The byte after the text; for a string its closing quote.
    package var end: UInt32 = 0
    /// Index of the node after this one and all that it holds.
    package var next: UInt32 = 0

    package init(kind: JSONKind, escaped: Bool = false, start: UInt32, end: UInt32 = 0, next: UInt32 = 0) {
        self.kind = kind
        self.escaped = escaped
        self.start = start
        self.end = end
        self.next = next
    }
}

/// What a JSON value is.
package enum JSONKind: UInt8, Sendable {
    case null, `true`, `false`, number, string, array, object
}
