import Plan

/// A character for a message.
func shownCharacter(_ scalar: UnicodeScalar) -> String { quoted(String(scalar)) }

/// What Go's `strconv.Unquote` makes of the inside of `"…"` or `'…'`.
enum Escapes {
    /// - Returns: `nil` where an escape is none of Go's.
    static func unescaped(_ text: ArraySlice<UInt8>, quote: UInt8) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            if let plain = simple[escape] {
                result.append(plain)
            } else if escape == quote {
                result.append(quote)
            } else if escape == UInt8(ascii: "x") {
                guard let value = number(&rest, digits: 2, radix: 16) else { return nil }
                result.append(UInt8(value))
            } else if escape == UInt8(ascii: "u") || escape == UInt8(ascii: "U") {
                let digits = escape == UInt8(ascii: "u") ? 4 : 8
                guard let value = number(&rest, digits: digits, radix: 16),
                    let scalar = UnicodeScalar(value)
                else { return nil }
                result += Array(String(scalar).utf8)
            } else if (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(escape) {
                rest = text[(rest.startIndex - 1)...]
                guard let value = number(&rest, digits: 3, radix: 8), value < 256 else { return nil }
                result.append(UInt8(value))
            } else {
                return nil
            }
        }
        return result
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 0x5C,
    ]

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int, radix: Int) -> UInt32? {
        guard rest.count >= digits else { return nil }
        let text = String(decoding: rest.prefix(digits), as: UTF8.self)
        rest = rest.dropFirst(digits)
        return text.contains("+") || text.contains("-") ? nil : UInt32(text, radix: radix)
    }
}
