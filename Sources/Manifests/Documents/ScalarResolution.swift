/// What a scalar without quotes means to Kubernetes, which reads YAML 1.1 (as go-yaml 2 does).
enum ScalarResolution {
    /// JSON's spelling of a literal; `nil` when the text is a string. Dates are strings.
    static func literal(_ text: String) -> String? {
        switch text {
        case "", "~", "null", "Null", "NULL": return "null"
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return "true"
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return "false"
        default: break
        }
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first), text.utf8.count <= 400 else {
            return nil
        }
        let digits = text.filter { $0 != "_" }
        return integer(digits) ?? float(digits)
    }

    private static func integer(_ text: String) -> String? {
        let isNegative = text.hasPrefix("-")
        let body = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = body.utf8.first, (0x30...0x39).contains(first) else { return nil }
        let radix: Int
        let digits: Substring
        switch body.prefix(2).lowercased() {
        case "0x": (radix, digits) = (16, body.dropFirst(2))
        case "0o": (radix, digits) = (8, body.dropFirst(2))
        case "0b": (radix, digits) = (2, body.dropFirst(2))
        default: (radix, digits) = body.count > 1 && first == 0x30 ? (8, body.dropFirst()) : (10, body)
        }
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let magnitude = UInt64(digits, radix: radix)
        else { return nil }
        guard isNegative else { return String(magnitude) }
        guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
        return magnitude == 0 ? "0" : "-" + String(magnitude)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func float(_ text: String) -> String? {
        let allowed = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        let body = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let mantissa = body.prefix { $0 != "e" && $0 != "E" }
        guard allowed, mantissa.contains(where: \.isNumber), mantissa.filter({ $0 == "." }).count <= 1,
            !mantissa.contains("+"), !mantissa.contains("-")
        else { return nil }
        guard mantissa.count == body.count || body.last?.isNumber == true else { return nil }
        // Swift wants a digit after the point: "1." is a number of YAML.
        let readable = text.hasSuffix(".") ? String(text.dropLast()) : text
        guard let value = Double(readable), value.isFinite else { return nil }
        if value.rounded() == value, value.magnitude < 1e15 { return String(Int64(value)) }
        return value.description
    }
}
