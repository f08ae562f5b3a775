extension Printer {
    mutating func integer(
        _ integer: Int64, _ type: Value.IntegerType, _ value: Value, _ verb: UnicodeScalar,
        to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        let isUnsigned = type == .uint8 || type == .uint64
        switch verb {
        case "v" where flags.sharpV && isUnsigned:
            let sharp = flags.sharp
            flags.sharp = true
            digits(integer, radix: 16, verb: "v", to: &builder)
            flags.sharp = sharp
        case "v", "d": digits(integer, radix: 10, verb: verb, to: &builder)
        case "b": digits(integer, radix: 2, verb: verb, to: &builder)
        case "o", "O": digits(integer, radix: 8, verb: verb, to: &builder)
        case "x", "X": digits(integer, radix: 16, verb: verb, to: &builder)
        case "c":
            let scalar = UInt32(exactly: integer).flatMap { UnicodeScalar($0) } ?? "\u{FFFD}"
            pad(String(scalar), to: &builder)
        case "q":
            let scalar = UInt32(exactly: integer).flatMap { UnicodeScalar($0) } ?? "\u{FFFD}"
            pad(Quoting.character(scalar, asciiOnly: flags.plus), to: &builder)
        case "U": unicode(integer, to: &builder)
        default:
            builder.append("%!")
            builder.append(verb)
            builder.append("(\(value.typeName)=")
            digits(integer, radix: 10, verb: "d", to: &builder)
            builder.append(")")
        }
    }

    private mutating func digits(
        _ integer: Int64, radix: Int, verb: UnicodeScalar, to builder: inout TextBuilder
    ) {
        let isNegative = integer < 0
        var least = 1
        if let precision = flags.precision {
            // Zero with no digits asked for is nothing but padding.
            if precision == 0, integer == 0 {
                return builder.append(UInt8(ascii: " "), times: flags.width ?? 0)
            }
            least = precision
        } else if flags.zero, !flags.minus, let width = flags.width {
            least = width - (isNegative || flags.plus || flags.space ? 1 : 0)
        }
        var text = String(integer.magnitude, radix: radix, uppercase: verb == "X")
        if text.utf8.count < least {
            guard least <= 1_000_000 else { return builder.append(0, times: least) }
            text = String(repeating: "0", count: least - text.utf8.count) + text
        }
        if flags.sharp {
            switch radix {
            case 2: text = "0b" + text
            case 8: text = text.hasPrefix("0") ? text : "0" + text
            case 16: text = (verb == "X" ? "0X" : "0x") + text
            default: break
            }
        }
        if verb == "O" { text = "0o" + text }
        text = (isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "") + text
        let zero = flags.zero
        flags.zero = false
        pad(text, to: &builder)
        flags.zero = zero
    }

    /// `U+0041`, with `#` also the character.
    private mutating func unicode(_ integer: Int64, to builder: inout TextBuilder) {
        let digits = String(UInt64(bitPattern: integer), radix: 16, uppercase: true)
        let least = max(flags.precision ?? 4, 4)
        var text =
            "U+" + String(repeating: "0", count: max(0, min(least, 1_000) - digits.utf8.count)) + digits
        if flags.sharp, let scalar = UInt32(exactly: integer).flatMap({ UnicodeScalar($0) }),
            scalar.isGoPrintable
        {
            text += " '\(scalar)'"
        }
        let zero = flags.zero
        flags.zero = false
        pad(text, to: &builder)
        flags.zero = zero
    }

    mutating func float(
        _ float: Double, _ value: Value, _ verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        let text: String
        switch verb {
        case "v", "g", "G", "x", "X":
            text = NumberFormat.float(
                float, verb: verb == "v" ? "g" : Character(verb), precision: flags.precision)
        case "e", "E", "f", "F":
            text = NumberFormat.float(float, verb: Character(verb), precision: flags.precision ?? 6)
        case "b": text = binary(float)
        default:
            builder.append("%!")
            builder.append(verb)
            builder.append("(\(value.typeName)=")
            try self.float(float, value, "v", to: &builder)
            return builder.append(")")
        }
        padFloat(flags.sharp && verb != "b" ? withPoint(text, verb) : text, to: &builder)
    }

    private func binary(_ float: Double) -> String {
        guard float.isFinite else { return NumberFormat.shortest(float) }
        let bits = float.bitPattern
        let field = Int(bits >> 52 & 0x7FF)
        let mantissa = bits & 0xF_FFFF_FFFF_FFFF | (field == 0 ? 0 : 1 << 52)
        let power = max(field, 1) - 1075
        return (float.sign == .minus ? "-" : "") + "\(mantissa)p" + (power < 0 ? "" : "+") + "\(power)"
    }

    /// `#` keeps the point, and for %g the zeros.
    private func withPoint(_ text: String, _ verb: UnicodeScalar) -> String {
        let mark =
            text.firstIndex { (verb == "x" || verb == "X" ? "pP" : "eE").contains($0) } ?? text.endIndex
        var mantissa = String(text[..<mark])
        let isZero = mantissa.drop { $0 == "-" } == "0"
        if !mantissa.contains(".") { mantissa += "." }
        if verb == "g" || verb == "G" || verb == "v" {
            var wanted = flags.precision ?? 6
            let digits = mantissa.filter(\.isNumber).drop { $0 == "0" }
            wanted -= digits.count + (isZero ? 1 : 0)
            if wanted > 0 { mantissa += String(repeating: "0", count: min(wanted, 1_000)) }
        }
        return mantissa + text[mark...]
    }

    private mutating func padFloat(_ number: String, to builder: inout TextBuilder) {
        let isSpecial = number.hasSuffix("Inf") || number == "NaN"
        let isNegative = number.hasPrefix("-")
        let magnitude = number.drop { "+-".contains($0) }
        let sign = isNegative ? "-" : flags.plus || number.hasPrefix("+Inf") ? "+" : flags.space ? " " : ""
        let zero = flags.zero
        defer { flags.zero = zero }
        if isSpecial { flags.zero = false }
        guard flags.zero, !flags.minus, let width = flags.width, !sign.isEmpty else {
            return pad(sign + magnitude, to: &builder)
        }
        builder.append(sign)
        builder.append(UInt8(ascii: "0"), times: width - magnitude.utf8.count - 1)
        builder.append(String(magnitude))
    }
}
