/// How go-yaml 2 writes a string.
enum YAMLScalar {
    static func write(_ text: Text, indent: Int, column: Int, isKey: Bool, to builder: inout TextBuilder) {
        if isUnprintable(text) || (isSpecial(text) && !text.contains(10)) || text.isEmpty {
            return doubleQuoted(text, indent: indent, column: column, isKey: isKey, to: &builder)
        }
        if text.contains(10), !isKey { return literal(text, indent: indent, to: &builder) }
        if text.contains(10) {
            return doubleQuoted(text, indent: indent, column: column, isKey: isKey, to: &builder)
        }
        if isPlain(text) {
            folded(text, quote: false, indent: indent, column: column, isKey: isKey, to: &builder)
        } else {
            builder.append("'")
            folded(text, quote: true, indent: indent, column: column + 1, isKey: isKey, to: &builder)
            builder.append("'")
        }
    }

    /// Whether a plain scalar would be read as something else than a string.
    private static func isSpecial(_ text: Text) -> Bool {
        // A copy in ordinary memory is made of what can be a word, number or date alone, not of passwords.
        guard text.count <= 5 || text.count <= 64 && text.allSatisfy(isOfNumbers) else { return false }
        let plain = text.plain
        let words: Set<String> = [
            "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
            "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL", "~", ".nan", ".NaN",
            ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
        ]
        if words.contains(plain) { return true }
        return isNumber(plain) || isTimestamp(plain) || isSexagesimal(plain)
    }

    /// Bytes of numbers in all bases, of dates and times.
    private static func isOfNumbers(_ byte: UInt8) -> Bool {
        "0123456789abcdefABCDEFxXoO_+-.:TtZz \t".utf8.contains(byte)
    }

    private static func isNumber(_ plain: String) -> Bool {
        guard let first = plain.first, first.isASCII, first.isNumber || "+-.".contains(first) else {
            return false
        }
        let digits = plain.filter { $0 != "_" }
        let body = digits.drop { "+-".contains($0) }
        guard digits.count - body.count <= 1 else { return false }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where body.lowercased().hasPrefix(prefix) {
            return UInt64(body.dropFirst(2), radix: radix) != nil && !body.dropFirst(2).contains("+")
        }
        guard body.allSatisfy({ $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }),
            body.contains(where: \.isNumber)
        else { return false }
        // [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
        let parts = body.split(maxSplits: 1, omittingEmptySubsequences: false) { "eE".contains($0) }
        if parts.count == 2 {
            let power = parts[1].drop { "+-".contains($0) }
            guard parts[1].count - power.count <= 1, !power.isEmpty, power.allSatisfy(\.isNumber) else {
                return false
            }
        }
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard mantissa.count <= 2, mantissa.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return false }
        return mantissa[0].isEmpty ? mantissa.count == 2 && !mantissa[1].isEmpty : true
    }

    /// `12:30:45` of YAML 1.1.
    private static func isSexagesimal(_ plain: String) -> Bool {
        let body = plain.drop { "+-".contains($0) }
        let parts = body.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let head = parts.first, let first = head.first, first.isNumber,
            plain.count - body.count <= 1,
            head.allSatisfy({ $0.isNumber || $0 == "_" })
        else { return false }
        return parts.dropFirst().enumerated().allSatisfy { index, part in
            var part = part
            if index == parts.count - 2, let dot = part.firstIndex(of: ".") {
                guard part[dot...].dropFirst().allSatisfy({ $0.isNumber || $0 == "_" }) else { return false }
                part = part[..<dot]
            }
            return (1...2).contains(part.count) && part.allSatisfy(\.isNumber) && (Int(part) ?? 60) < 60
        }
    }

    private static func isTimestamp(_ plain: String) -> Bool {
        let bytes = Array(plain.utf8)
        guard bytes.count >= 8, bytes.prefix(4).allSatisfy({ (48...57).contains($0) }), bytes[4] == 45 else {
            return false
        }
        let parts = plain.prefix { $0.isNumber || $0 == "-" }.split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month),
            (1...31).contains(day), parts[1].count <= 2, parts[2].count <= 2
        else { return false }
        let rest = plain.drop { $0.isNumber || $0 == "-" }
        guard let mark = rest.first else { return true }
        guard "Tt ".contains(mark) else { return false }
        return rest.dropFirst().allSatisfy { $0.isNumber || ":.+-Z ".contains($0) } && rest.contains(":")
    }

    private static func isUnprintable(_ text: Text) -> Bool {
        text.runes.contains { rune in
            switch rune.scalar.value {
            case 10: false
            case 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: !rune.isValid
            default: true
            }
        }
    }

    private static func isPlain(_ text: Text) -> Bool {
        guard let first = text.first, let last = text.last, first != 32, last != 32 else { return false }
        if text.hasPrefix(Text("---")) || text.hasPrefix(Text("...")) { return false }
        for index in 0..<text.count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 32
            let isFollowed = next == 32
            if index == 0 {
                if "#,[]{}&*!|>'\"%@`".utf8.contains(byte) { return false }
                if byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-"),
                    isFollowed
                {
                    return false
                }
            } else {
                if byte == UInt8(ascii: ":"), isFollowed { return false }
                if byte == UInt8(ascii: "#"), text[index - 1] == 32 { return false }
            }
        }
        return true
    }

    /// Lines of about 80 characters, broken at single spaces.
    private static func folded(
        _ text: Text, quote: Bool, indent: Int, column: Int, isKey: Bool, to builder: inout TextBuilder
    ) {
        var column = column
        var wasSpace = false
        let inner = max(indent + 2, 2)
        for rune in text.runes {
            let index = rune.range.lowerBound
            let isSpace = rune.scalar == " "
            let nextIsSpace = rune.range.upperBound < text.count && text[rune.range.upperBound] == 32
            let isInside = !quote || (index > 0 && rune.range.upperBound < text.count)
            if isSpace, !isKey, !wasSpace, column > 80, isInside, !nextIsSpace {
                builder.append("\n")
                builder.append(UInt8(ascii: " "), times: inner)
                column = inner
            } else {
                if quote, rune.scalar == "'" {
                    builder.append("'")
                    column += 1
                }
                builder.append(text.part(rune.range))
                column += 1
            }
            wasSpace = isSpace
        }
    }

    private static func literal(_ text: Text, indent: Int, to builder: inout TextBuilder) {
        let first = text[0]
        builder.append("|")
        if first == 32 || first == 10 { builder.append("2") }
        let ends = text.last == 10
        if !ends {
            builder.append("-")
        } else if text.count == 1 || text[text.count - 2] == 10 {
            builder.append("+")
        }
        builder.append("\n")
        let inner = indent + 2
        var atStart = true
        for (index, byte) in text.enumerated() {
            if byte == 10 {
                // The last line break is that of the document or of the next line.
                if index < text.count - 1 || text.count == 1 || text[text.count - 2] == 10 {
                    builder.append(byte)
                }
                atStart = true
                continue
            }
            if atStart { builder.append(UInt8(ascii: " "), times: inner) }
            builder.append(byte)
            atStart = false
        }
    }

    private static func doubleQuoted(
        _ text: Text, indent: Int, column: Int, isKey: Bool, to builder: inout TextBuilder
    ) {
        builder.append("\"")
        var column = column + 1
        var wasSpace = false
        for rune in text.runes {
            let value = rune.scalar.value
            let simple: [UInt32: String] = [
                0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 27: "\\e",
                34: "\\\"", 92: "\\\\", 0x85: "\\N", 0xA0: "\\_", 0x2028: "\\L", 0x2029: "\\P",
            ]
            let before = builder.count
            let isLast = rune.range.upperBound == text.count
            if let escape = simple[value] {
                builder.append(escape)
                wasSpace = false
                column += builder.count - before
            } else if value == 32, !isKey, !wasSpace, column > 80, rune.range.lowerBound > 0, !isLast {
                builder.append("\n")
                builder.append(UInt8(ascii: " "), times: indent + 2)
                column = indent + 2
                if text[rune.range.upperBound] == 32 { builder.append("\\") }
                wasSpace = true
            } else if (0x20...0x7E).contains(value) || (0xA0...0xD7FF).contains(value)
                || (0xE000...0xFFFD).contains(value) && value != 0xFEFF && rune.isValid
            {
                builder.append(text.part(rune.range))
                column += 1
                wasSpace = value == 32
            } else {
                if value <= 0xFF {
                    builder.append("\\x" + Quoting.hex(value, 2, uppercase: true))
                } else if value <= 0xFFFF {
                    builder.append("\\u" + Quoting.hex(value, 4, uppercase: true))
                } else {
                    builder.append("\\U" + Quoting.hex(value, 8, uppercase: true))
                }
                column += builder.count - before
                wasSpace = false
            }
        }
        builder.append("\"")
    }
}
