import SecretMemory
import Vault

/// Format `yaml`: what any reader of YAML 1.1 or 1.2 reads back as the same strings.
///
/// A string stands without quotes only where no reader could take it for anything else; lists and
/// objects stand in one line, as in JSON.
enum YAMLFormat {
    /// In the order of the keys' bytes.
    static func file(of entries: [FieldMap.Entry]) -> SecretBytes {
        var buffer = SecretBuffer()
        for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            var key = entry.key
            // A key in front of its colon may have 1,024 characters in YAML, escapes included.
            let isLong = key.utf8.count > 150
            if isLong { buffer.append("? ") }
            key.withUTF8 { append(text: UnsafeRawBufferPointer($0), to: &buffer) }
            buffer.append(isLong ? "\n: " : ": ")
            append(entry.values.map(NotationValue.json), to: &buffer)
            buffer.append("\n")
        }
        if entries.isEmpty { buffer.append("{}\n") }
        return buffer.finish()
    }

    /// The values of a notation.
    static func file(of values: [NotationValue]) -> SecretBytes {
        var buffer = SecretBuffer()
        append(values, to: &buffer)
        buffer.append("\n")
        return buffer.finish()
    }

    private static func append(_ values: [NotationValue], to buffer: inout SecretBuffer) {
        guard values.count > 1 else {
            guard let value = values.first else { return buffer.append("\"\"") }
            return append(value, to: &buffer)
        }
        buffer.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { buffer.append(", ") }
            append(value, to: &buffer)
        }
        buffer.append("]")
    }

    private static func append(_ value: NotationValue, to buffer: inout SecretBuffer) {
        switch value {
        case .text(var text): text.withUTF8 { append(text: UnsafeRawBufferPointer($0), to: &buffer) }
        case .json(let value): append(value, to: &buffer)
        }
    }

    private static func append(_ value: JSONValue, to buffer: inout SecretBuffer) {
        switch value.kind {
        case .null, .true, .false: value.append(to: &buffer, style: .compact)
        case .number:
            var number = SecretBuffer()
            value.append(to: &number, style: .compact)
            number.withUnsafeBytes { append(number: $0, to: &buffer) }
        case .string:
            var text = SecretBuffer()
            value.appendString(to: &text)
            text.withUnsafeBytes { append(text: $0, to: &buffer) }
        case .array:
            buffer.append("[")
            for (index, element) in value.elements.enumerated() {
                if index > 0 { buffer.append(", ") }
                append(element, to: &buffer)
            }
            buffer.append("]")
        case .object:
            buffer.append("{")
            for (index, member) in value.members.enumerated() {
                if index > 0 { buffer.append(", ") }
                append(member.key, to: &buffer)
                buffer.append(": ")
                append(member.value, to: &buffer)
            }
            buffer.append("}")
        }
    }

    /// YAML 1.1 takes `1e3` for a string: a point and a sign make it a number everywhere.
    private static func append(number: UnsafeRawBufferPointer, to buffer: inout SecretBuffer) {
        guard let mark = number.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else {
            return buffer.append(number)
        }
        buffer.append(UnsafeRawBufferPointer(rebasing: number[..<mark]))
        if !number[..<mark].contains(UInt8(ascii: ".")) { buffer.append(".0") }
        buffer.append("e")
        let exponent = number[(mark + 1)...]
        if let first = exponent.first, (48...57).contains(first) { buffer.append("+") }
        buffer.append(UnsafeRawBufferPointer(rebasing: exponent))
    }

    private static func append(text: UnsafeRawBufferPointer, to buffer: inout SecretBuffer) {
        guard !isPlain(text) else { return buffer.append(text) }
        buffer.append("\"")
        for scalar in UTF8Scalars(text) {
            switch scalar {
            case "\"": buffer.append("\\\"")
            case "\\": buffer.append("\\\\")
            case "\n": buffer.append("\\n")
            case "\r": buffer.append("\\r")
            case "\t": buffer.append("\\t")
            case " "..."~", "\u{A1}"..."\u{2027}", "\u{2030}"..."\u{D7FF}", "\u{E000}"..."\u{FEFE}",
                "\u{FF00}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                buffer.append(scalar)
            default:
                let isShort = scalar.value < 0x100
                buffer.appendHexadecimal(scalar.value, mark: isShort ? "\\x" : "\\u", digits: isShort ? 2 : 4)
            }
        }
        buffer.append("\"")
    }

    /// Letters of ASCII first, then letters, digits, `_`, `-`, `.` and `/`, and no word that YAML knows.
    private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, isLetter(first), text.count <= 1_000 else { return false }
        let isOrdinary = text.allSatisfy {
            isLetter($0) || (48...57).contains($0) || "_-./".utf8.contains($0)
        }
        return isOrdinary
            && !words.contains { word in
                word.utf8.count == text.count && zip(word.utf8, text).allSatisfy { $0 == $1 | 0x20 }
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    private static let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"]
}
