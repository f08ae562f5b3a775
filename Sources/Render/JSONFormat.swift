import SecretMemory
import Vault

/// Format `json`: two-space indent, keys sorted by their bytes, a final newline.
enum JSONFormat {
    /// An object of the fields.
    static func file(of entries: [FieldMap.Entry]) -> SecretBytes {
        var buffer = SecretBuffer()
        let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        buffer.append("{")
        for (index, entry) in sorted.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.appendNewline(level: 1)
            buffer.appendJSONString(entry.key)
            buffer.append(": ")
            append(entry.values.map(NotationValue.json), to: &buffer, style: .indented(level: 1))
        }
        if !sorted.isEmpty { buffer.appendNewline(level: 0) }
        buffer.append("}\n")
        return buffer.finish()
    }

    /// The values of a notation.
    static func file(of values: [NotationValue]) -> SecretBytes {
        var buffer = SecretBuffer()
        append(values, to: &buffer, style: .indented(level: 0))
        buffer.append("\n")
        return buffer.finish()
    }

    /// None as an empty string, one as it is, several as a list (KSM-PROTOCOL, section 6).
    static func append(_ values: [NotationValue], to buffer: inout SecretBuffer, style: JSONValue.Style) {
        guard values.count > 1 else {
            guard let value = values.first else { return buffer.append("\"\"") }
            return append(value, to: &buffer, style: style)
        }
        buffer.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { buffer.append(",") }
            switch style {
            case .compact: append(value, to: &buffer, style: style)
            case .indented(let level):
                buffer.appendNewline(level: level + 1)
                append(value, to: &buffer, style: .indented(level: level + 1))
            }
        }
        if case .indented(let level) = style { buffer.appendNewline(level: level) }
        buffer.append("]")
    }

    private static func append(
        _ value: NotationValue, to buffer: inout SecretBuffer, style: JSONValue.Style
    ) {
        switch value {
        case .text(let text): buffer.appendJSONString(text)
        case .json(let value): value.append(to: &buffer, style: style)
        }
    }
}
