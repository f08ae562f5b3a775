import Glibc

/// Numbers as Go's `strconv` writes them. Numbers alone pass through ordinary memory.
enum NumberFormat {
    /// Shortest text that reads back to the same value, in Go's form for `%v` and `%g`.
    static func shortest(_ value: Double) -> String { general(value, precision: nil, exponent: "e") }

    /// - Parameters:
    ///   - verb: `e`, `f` or `g`, upper case for an upper-case exponent.
    ///   - precision: `nil`: as many digits as are needed.
    static func float(_ value: Double, verb: Character, precision: Int?) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        switch verb {
        case "e", "E":
            guard let precision else { return scientific(value, exponent: verb) }
            return printf("%.*\(verb)", precision, value)
        case "f", "F":
            guard let precision else { return plain(value) }
            return printf("%.*f", precision, value)
        case "G": return general(value, precision: precision, exponent: "E")
        case "x", "X": return hexadecimal(value, precision: precision, isUpper: verb == "X")
        default: return general(value, precision: precision, exponent: "e")
        }
    }

    private static func printf(_ format: String, _ precision: Int, _ value: Double) -> String {
        var bytes = [CChar](repeating: 0, count: 400 + min(max(precision, 0), 2_000))
        let count = withVaList([Int32(min(precision, 1_500)), value]) { list in
            vsnprintf(&bytes, bytes.count, format, list)
        }
        return String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The digits without zeros at the ends, and where the point stands: 0.d₁d₂… × 10^point.
    private static func digits(_ value: Double) -> (isNegative: Bool, digits: [Character], point: Int) {
        var mantissa = "\(value.magnitude)"[...]
        var point = 0
        if let mark = mantissa.firstIndex(of: "e") {
            point = Int(mantissa[mantissa.index(after: mark)...].drop { $0 == "+" }) ?? 0
            mantissa = mantissa[..<mark]
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        var digits = Array(parts.joined())
        point += parts.first?.count ?? 0
        while digits.first == "0", !digits.isEmpty {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        if digits.isEmpty { return (value.sign == .minus, ["0"], 1) }
        return (value.sign == .minus, digits, point)
    }

    private static func general(_ value: Double, precision: Int?, exponent: Character) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        if let precision { return printf("%.*\(exponent == "e" ? "g" : "G")", precision, value) }
        let point = digits(value).point
        let power = point - 1
        // strconv, %g: the shortest form takes six digits for this decision.
        return power < -4 || power >= 6 ? scientific(value, exponent: exponent) : plain(value)
    }

    private static func scientific(_ value: Double, exponent: Character) -> String {
        let (isNegative, digits, point) = digits(value)
        var text = isNegative ? "-" : ""
        text.append(digits[0])
        if digits.count > 1 {
            text.append(".")
            text += String(digits.dropFirst())
        }
        let power = value == 0 ? 0 : point - 1
        text.append(exponent)
        text += power < 0 ? "-" : "+"
        return text + (abs(power) < 10 ? "0" : "") + "\(abs(power))"
    }

    /// Without an exponent, as many digits as are needed.
    static func plain(_ value: Double) -> String {
        let (isNegative, digits, point) = digits(value)
        let sign = isNegative ? "-" : ""
        if value == 0 { return sign + "0" }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + String(digits) }
        if point >= digits.count {
            return sign + String(digits) + String(repeating: "0", count: point - digits.count)
        }
        return sign + String(digits[..<point]) + "." + String(digits[point...])
    }

    /// `0x1.cp+01`: C writes the exponent without the zero.
    private static func hexadecimal(_ value: Double, precision: Int?, isUpper: Bool) -> String {
        var bytes = [CChar](repeating: 0, count: 400)
        let format = precision.map { "%.\(min($0, 100))" } ?? "%"
        let count = withVaList([value]) { vsnprintf(&bytes, bytes.count, format + (isUpper ? "A" : "a"), $0) }
        let text = String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let mark = text.lastIndex(where: { $0 == "p" || $0 == "P" }) else { return text }
        // C rounds 1.5 to 2, Go to 1 with a greater exponent.
        if let two = text.firstIndex(of: "2"), text[..<two].allSatisfy({ "-0xX".contains($0) }),
            precision == 0,
            let exponent = Int(text[text.index(after: mark)...])
        {
            return hexadecimal((value < 0 ? -1 : 1) * scalbn(1, exponent + 1), precision: 0, isUpper: isUpper)
        }
        let power = text[text.index(mark, offsetBy: 2)...]
        return power.count < 2 ? text.dropLast(power.count) + "0" + power : text
    }
}
