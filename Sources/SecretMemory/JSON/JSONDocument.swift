/// A JSON text in secret memory and the places of its values: nothing is copied out until asked for.
///
/// Reading an answer of Keeper this way leaves no value behind in a `String`, and all of it is wiped
/// with the last reference.
///
///     let document = try JSONDocument(parsing: answer)
///     let revision = document.root["revision"]?.integer
///
/// Strict RFC 8259: one value, UTF-8, no comments, no trailing commas.
package struct JSONDocument: Sendable {
    /// One value: where its text lies, and where the next sibling's node is.
    struct Node: Sendable {
        var kind: JSONKind
        /// Whether a string holds a backslash, so that it must be unescaped when read.
        var escaped = false
        /// First byte of the text; for a string the byte after the quote.
        var start: UInt32
        /// The byte after the text; for a string its closing quote.
        var end: UInt32 = 0
        /// Index of the node after this one and all that it holds.
        var next: UInt32 = 0
    }

    let source: SecretBytes
    /// In the order of the text. An object's nodes are key, value, key, value, …
    let nodes: [Node]

    /// - Throws: `JSONError` with the byte offset of the first mistake.
    package init(parsing source: SecretBytes, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.source = source
        nodes = try source.withUnsafeBytes { bytes throws(JSONError) in
            var parser = JSONParser(bytes: bytes, limits: limits)
            return try parser.parse()
        }
    }

    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// What a JSON value is.
package enum JSONKind: UInt8, Sendable {
    case null, `true`, `false`, number, string, array, object
}

/// Bounds on a text from outside.
package struct JSONLimits: Sendable {
    /// Nested arrays and objects.
    package var depth: Int
    /// Values in all; each costs 16 bytes.
    package var values: Int

    package init(depth: Int = 100, values: Int = 4_000_000) {
        self.depth = depth
        self.values = values
    }
}

/// Why a text is not JSON. It holds no part of the text, which may be secret.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package let reason: String
    /// Bytes from the start.
    package let offset: Int

    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}
