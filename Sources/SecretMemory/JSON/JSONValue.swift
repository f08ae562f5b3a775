import JSONText

/// One value of a `JSONDocument`.
package struct JSONValue: Sendable {
    package let document: JSONDocument
    let index: Int

    private var node: JSONNode { document.nodes[index] }

    package var kind: JSONKind { node.kind }

    /// The elements of an array; of anything else none.
    package var elements: [JSONValue] {
        guard kind == .array else { return [] }
        return children
    }

    /// Keys and values of an object in the text's order; of anything else none.
    package var members: [(key: JSONValue, value: JSONValue)] {
        guard kind == .object else { return [] }
        let children = children
        return stride(from: 0, to: children.count - 1, by: 2).map { (children[$0], children[$0 + 1]) }
    }

    /// The value of a key, the last one where the text has it twice, as most parsers do.
    package subscript(key: String) -> JSONValue? {
        guard kind == .object else { return nil }
        var found: JSONValue?
        var child = index + 1
        while child < node.next {
            if JSONValue(document: document, index: child).isString(key) {
                found = JSONValue(document: document, index: child + 1)
            }
            child = Int(document.nodes[child + 1].next)
        }
        return found
    }

    /// The text of a string. Only for what is no secret: it is copied to ordinary memory.
    package var string: String? {
        guard kind == .string else { return nil }
        if !node.escaped { return withText { String(decoding: $0, as: UTF8.self) } }
        return secretString?.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The UTF-8 bytes of a string, in secret memory.
    package var secretString: SecretBytes? {
        guard kind == .string else { return nil }
        var buffer = SecretBuffer(capacity: Int(node.end - node.start))
        appendString(to: &buffer)
        return buffer.finish()
    }

    /// A number without fraction or exponent that fits.
    package var integer: Int64? { kind == .number ? Int64(text) : nil }

    /// Any number, as near as a `Double` comes.
    package var double: Double? { kind == .number ? Double(text) : nil }

    package var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    package var isNull: Bool { kind == .null }

    /// Calls `body` with the bytes as they stand in the text; of a string what is between the quotes.
    package func withText<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try document.source.withUnsafeBytes { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)]))
        }
    }

    /// Whether this is a string of exactly this text.
    package func isString(_ other: String) -> Bool {
        guard kind == .string else { return false }
        if node.escaped { return string == other }
        var other = other
        return withText { mine in
            other.withUTF8 { mine.elementsEqual(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Appends a string's bytes, unescaped; nothing for another kind. A lone surrogate becomes U+FFFD.
    package func appendString(to buffer: inout SecretBuffer) {
        guard kind == .string else { return }
        withText { text in
            guard node.escaped else { return buffer.append(text) }
            var rest = JSONEscapes(text: text)
            rest.appendUnescaped(to: &buffer)
        }
    }

    private var text: String { withText { String(decoding: $0, as: UTF8.self) } }

    private var children: [JSONValue] {
        var found: [JSONValue] = []
        var child = index + 1
        while child < node.next {
            found.append(JSONValue(document: document, index: child))
            child = Int(document.nodes[child].next)
        }
        return found
    }
}

/// The inside of a string with backslashes, which the parser has found to be well formed.
private struct JSONEscapes {
    let text: UnsafeRawBufferPointer
    var position = 0

    mutating func appendUnescaped(to buffer: inout SecretBuffer) {
        while position < text.count {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                buffer.append(byte)
                continue
            }
            let escape = text[position]
            position += 1
            switch escape {
            case UInt8(ascii: "b"): buffer.append(0x08)
            case UInt8(ascii: "f"): buffer.append(0x0C)
            case UInt8(ascii: "n"): buffer.append(0x0A)
            case UInt8(ascii: "r"): buffer.append(0x0D)
            case UInt8(ascii: "t"): buffer.append(0x09)
            case UInt8(ascii: "u"): append(scalar: scalar(), to: &buffer)
            default: buffer.append(escape)
            }
        }
    }

    private mutating func unit() -> UInt32 {
        let value = (0..<4).reduce(UInt32(0)) { $0 << 4 | (hexDigit(text[position + $1]) ?? 0) }
        position += 4
        return value
    }

    /// RFC 8259, section 7: two \u escapes make one character beyond the basic plane.
    private mutating func scalar() -> UnicodeScalar {
        let first = unit()
        guard (0xD800...0xDBFF).contains(first), position + 6 <= text.count,
            text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
        else { return UnicodeScalar(first) ?? "\u{FFFD}" }
        let mark = position
        position += 2
        let second = unit()
        guard (0xDC00...0xDFFF).contains(second) else {
            position = mark
            return "\u{FFFD}"
        }
        return UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private func append(scalar: UnicodeScalar, to buffer: inout SecretBuffer) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { buffer.append(byte) }
    }
}
