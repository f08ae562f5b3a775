extension SecretBuffer {
    /// Appends a JSON string in quotes. Control characters, `"` and `\` are escaped, nothing else: no
    /// HTML escaping, UTF-8 as it is.
    package mutating func appendJSONString(_ text: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                append("\\u00")
                append(digits[Int(byte >> 4)])
                append(digits[Int(byte & 15)])
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends a JSON string in quotes, from text that is no secret.
    package mutating func appendJSONString(_ text: String) {
        var text = text
        text.withUTF8 { appendJSONString(UnsafeRawBufferPointer($0)) }
    }
}

extension JSONValue {
    /// How `append(to:style:)` lays a value out.
    package enum Style: Sendable {
        /// No white space.
        case compact
        /// Two spaces for each level, one member a line; `level` is the depth of the value itself.
        case indented(level: Int)
    }

    /// Appends the value as JSON, keys sorted by their bytes; numbers stay as they were written.
    package func append(to buffer: inout SecretBuffer, style: Style = .compact) {
        switch kind {
        case .string:
            guard let text = secretString else { return }
            text.withUnsafeBytes { buffer.appendJSONString($0) }
        case .array:
            let elements = elements
            append("[", "]", isEmpty: elements.isEmpty, to: &buffer, style: style) { buffer, inner in
                for (position, element) in elements.enumerated() {
                    JSONValue.separate(position, &buffer, inner)
                    element.append(to: &buffer, style: inner)
                }
            }
        case .object:
            let members = sortedMembers
            append("{", "}", isEmpty: members.isEmpty, to: &buffer, style: style) { buffer, inner in
                for (position, member) in members.enumerated() {
                    JSONValue.separate(position, &buffer, inner)
                    buffer.appendJSONString(member.key)
                    buffer.append(":")
                    if case .indented = inner { buffer.append(" ") }
                    member.value.append(to: &buffer, style: inner)
                }
            }
        case .null, .true, .false, .number:
            withText { buffer.append($0) }
        }
    }

    /// Members by key, the last of a key that occurs twice.
    private var sortedMembers: [(key: String, value: JSONValue)] {
        var byKey: [String: JSONValue] = [:]
        for member in members { byKey[member.key.string ?? ""] = member.value }
        return byKey.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { (key: $0.key, value: $0.value) }
    }

    private func append(
        _ opening: String, _ closing: String, isEmpty: Bool, to buffer: inout SecretBuffer, style: Style,
        content: (inout SecretBuffer, Style) -> Void
    ) {
        buffer.append(opening)
        if isEmpty { return buffer.append(closing) }
        guard case .indented(let level) = style else {
            content(&buffer, .compact)
            return buffer.append(closing)
        }
        content(&buffer, .indented(level: level + 1))
        buffer.appendNewline(level: level)
        buffer.append(closing)
    }

    private static func separate(_ position: Int, _ buffer: inout SecretBuffer, _ style: Style) {
        if position > 0 { buffer.append(",") }
        if case .indented(let level) = style { buffer.appendNewline(level: level) }
    }
}

extension SecretBuffer {
    /// Appends a line break and two spaces for each level.
    package mutating func appendNewline(level: Int) {
        append("\n")
        for _ in 0..<level { append("  ") }
    }
}
