import TemplateSyntax

/// Numbers from anything, as github.com/spf13/cast does it: what cannot be read is zero.
enum Conversion {
    static func int(_ value: Value) -> Int64 {
        switch value {
        case .int(let integer, _): return integer
        case .float(let float): return truncated(float)
        case .bool(let bool): return bool ? 1 : 0
        case .string(let text): return integer(text) ?? 0
        default: return 0
        }
    }

    static func float(_ value: Value) -> Double {
        switch value {
        case .int(let integer, _): return Double(integer)
        case .float(let float): return float
        case .bool(let bool): return bool ? 1 : 0
        case .string(let text): return double(text) ?? 0
        default: return 0
        }
    }

    /// As the processors that Go runs on do it: what is out of range becomes the smallest.
    static func truncated(_ float: Double) -> Int64 {
        Int64(exactly: float.rounded(.towardZero)) ?? .min
    }

    /// `strconv.ParseInt` with base 10: what is out of range becomes the nearest.
    static func decimal(_ text: Text) -> Int? {
        let digits = text.first.map { "+-".utf8.contains($0) } == true ? text.from(1) : text
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let nearest = text.first == UInt8(ascii: "-") ? Int.min : Int.max
        return text.count <= 400 ? Int(text.plain) ?? nearest : nearest
    }

    /// `strconv.ParseInt` with any base, after zeros behind a point are cut off.
    private static func integer(_ text: Text) -> Int64? {
        guard text.count <= 70, text.allSatisfy(isOfNumbers) else { return nil }
        var plain = text.plain
        if let point = plain.firstIndex(of: "."), plain[point...].count > 1,
            plain[point...].dropFirst().allSatisfy({ $0 == "0" })
        {
            plain = String(plain[..<point])
        }
        guard !plain.contains("."), !plain.contains("'"), let first = plain.last, first != "i",
            let number = NumberLiteral(parsing: plain)
        else { return nil }
        let lower = plain.lowercased()
        if !lower.contains("0x"), lower.contains("e") { return nil }
        if lower.contains("p") { return nil }
        return number.integer
    }

    /// `strconv.ParseFloat`.
    static func double(_ text: Text) -> Double? {
        guard text.count <= 400, text.allSatisfy(isOfNumbers) else { return nil }
        let plain = text.plain
        let lower = plain.lowercased().drop { "+-".contains($0) }
        // Out of range is an error in Go.
        if ["inf", "infinity", "nan"].contains(lower) { return Double(plain) }
        guard plain.allSatisfy({ $0.isASCII && ($0.isHexDigit || "+-._xXpP".contains($0)) }) else {
            return nil
        }
        if lower.hasPrefix("0x") {
            return lower.contains("p") ? finite(plain.filter { $0 != "_" }) : nil
        }
        // Underscores stand between digits only.
        let parts = plain.split(separator: "_", omittingEmptySubsequences: false)
        let isWell = zip(parts, parts.dropFirst()).allSatisfy { before, after in
            before.last.map(\.isNumber) == true && after.first.map(\.isNumber) == true
        }
        return isWell ? finite(parts.joined()) : nil
    }

    /// Bytes of numbers in all bases, of `infinity` and `nan`. What has others is not copied to a `String`,
    /// that is to ordinary memory.
    private static func isOfNumbers(_ byte: UInt8) -> Bool {
        "0123456789abcdefABCDEFxXoOpP_+-.iInNtTyY".utf8.contains(byte)
    }

    private static func finite(_ plain: String) -> Double? {
        Double(plain).flatMap { $0.isFinite ? $0 : nil }
    }
}
