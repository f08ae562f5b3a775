/// Go's `strconv.Quote` and its kin.
enum Quoting {
    static func append(_ text: Text, asciiOnly: Bool, to builder: inout TextBuilder) {
        builder.append("\"")
        for rune in text.runes {
            guard rune.isValid else {
                builder.append("\\x" + hex(UInt32(text[rune.range.lowerBound]), 2))
                continue
            }
            if let escape = escape(rune.scalar, quote: "\"", asciiOnly: asciiOnly) {
                builder.append(escape)
            } else {
                builder.append(rune.scalar)
            }
        }
        builder.append("\"")
    }

    static func character(_ scalar: UnicodeScalar, asciiOnly: Bool) -> String {
        "'" + (escape(scalar, quote: "'", asciiOnly: asciiOnly) ?? String(scalar)) + "'"
    }

    /// How many characters it takes with its quotes.
    static func width(_ text: Text, _ flags: Printer.Flags) -> Int {
        if flags.sharp, fitsBackquotes(text) { return text.runeCount + 2 }
        return text.runes.reduce(2) { width, rune in
            let escaped = rune.isValid ? escape(rune.scalar, quote: "\"", asciiOnly: flags.plus) : "\\xff"
            return width + (escaped?.utf8.count ?? 1)
        }
    }

    static func fitsBackquotes(_ text: Text) -> Bool {
        text.runes.allSatisfy { rune in
            guard rune.isValid, rune.scalar != "\u{FEFF}" else { return false }
            if rune.range.count > 1 { return true }
            return rune.scalar == "\t"
                || (rune.scalar.value >= 0x20 && rune.scalar != "`" && rune.scalar.value != 0x7F)
        }
    }

    private static func escape(_ scalar: UnicodeScalar, quote: UnicodeScalar, asciiOnly: Bool) -> String? {
        if scalar == quote || scalar == "\\" { return "\\" + String(scalar) }
        if asciiOnly ? scalar.isASCII && scalar.isGoPrintable : scalar.isGoPrintable { return nil }
        switch scalar.value {
        case 7: return "\\a"
        case 8: return "\\b"
        case 12: return "\\f"
        case 10: return "\\n"
        case 13: return "\\r"
        case 9: return "\\t"
        case 11: return "\\v"
        case 0..<0x20, 0x7F: return "\\x" + hex(scalar.value, 2)
        case 0..<0x10000: return "\\u" + hex(scalar.value, 4)
        default: return "\\U" + hex(scalar.value, 8)
        }
    }

    static func hex(_ value: UInt32, _ count: Int, uppercase: Bool = false) -> String {
        let digits = String(value, radix: 16, uppercase: uppercase)
        return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }
}
