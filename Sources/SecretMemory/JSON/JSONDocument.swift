package import JSONText

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
    let source: SecretBytes
    /// In the order of the text. An object's nodes are key, value, key, value, …
    let nodes: [JSONNode]

    /// - Throws: `JSONError` with the byte offset of the first mistake.
    package init(parsing source: SecretBytes, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.source = source
        nodes = try source.withUnsafeBytes { bytes throws(JSONError) in
            try JSONParser.parse(bytes, limits: limits)
        }
    }

    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

package typealias JSONKind = JSONText.JSONKind
package typealias JSONLimits = JSONText.JSONLimits
package typealias JSONError = JSONText.JSONError
