extension NumberLiteral {
    /// A number in Go's forms: `1_000`, `0x1F`, `0o17`, `017`, `0b1`, `1.5e3`, `0x1p-2`, `1i`, `1+2i`.
    ///
    /// - Returns: `nil` where it is none, or out of range.
    package init?(parsing text: String) {
        self.text = text
        if text.hasSuffix("i") {
            guard parseComplex() else { return nil }
            return
        }
        let digits = text.drop { "+-".contains($0) }
        guard text.count - digits.count <= 1, Self.underscoresAreWell(digits) else { return nil }
        let isNegative = text.hasPrefix("-")
        let lower = digits.lowercased().filter { $0 != "_" }
        if let magnitude = Self.magnitude(lower) {
            if !text.hasPrefix("+"), !isNegative { unsigned = magnitude }
            if isNegative {
                integer = magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
            } else {
                integer = Int64(exactly: magnitude)
            }
        }
        if let integer {
            float = Double(integer)
        } else if let unsigned {
            float = Double(unsigned)
        } else if Self.isFloat(lower), let value = Double(lower), value.isFinite {
            float = isNegative ? -value : value
            // Go takes 1e3 for an integer too.
            if let float, let exact = Int64(exactly: float) { integer = exact }
        }
        if integer == nil, unsigned == nil, float == nil { return nil }
    }

    /// A character constant.
    init(character: UnicodeScalar, text: String) {
        self.text = text
        isCharacter = true
        integer = Int64(character.value)
        unsigned = UInt64(character.value)
        float = Double(character.value)
    }

    private mutating func parseComplex() -> Bool {
        let body = text.dropLast()
        // The sign between the parts is the last one that is not that of an exponent.
        var split: String.Index?
        for index in body.indices.dropFirst() where "+-".contains(body[index]) {
            if !"eEpP".contains(body[body.index(before: index)]) { split = index }
        }
        let realText = split.map { String(body[..<$0]) } ?? "0"
        let imaginaryText = split.map { String(body[$0...]) } ?? String(body)
        guard let real = NumberLiteral(parsing: realText)?.float,
            let imaginary = Self.imaginaryPart(imaginaryText)
        else { return false }
        self.imaginary = imaginary
        float = real
        if imaginary == 0 { integer = Int64(exactly: real) }
        return true
    }

    private static func imaginaryPart(_ text: String) -> Double? {
        // For compatibility Go reads 0123i in tens.
        let isNegative = text.hasPrefix("-")
        let digits = text.drop { "+-".contains($0) }
        if digits.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Double(digits) {
            return isNegative ? -value : value
        }
        return NumberLiteral(parsing: text)?.float
    }

    private static func magnitude(_ lower: String) -> UInt64? {
        let body = lower.dropFirst(2)
        let isSigned = body.hasPrefix("+") || body.hasPrefix("-")
        if lower.hasPrefix("0x") { return isSigned ? nil : UInt64(body, radix: 16) }
        if lower.hasPrefix("0o") { return isSigned ? nil : UInt64(body, radix: 8) }
        if lower.hasPrefix("0b") { return isSigned ? nil : UInt64(body, radix: 2) }
        return lower.count > 1 && lower.hasPrefix("0") ? UInt64(lower.dropFirst(), radix: 8) : UInt64(lower)
    }

    private static func isFloat(_ lower: String) -> Bool {
        if lower.hasPrefix("0x") { return lower.contains("p") }
        return lower.contains { ".e".contains($0) } && lower.contains { $0.isNumber }
    }

    /// Underscores stand between digits, or after a base prefix, and only in numbers with such a prefix
    /// or in tens as Go's literals have them.
    private static func underscoresAreWell(_ digits: Substring) -> Bool {
        guard digits.contains("_") else { return true }
        var previous: Character = "."
        let lower = digits.lowercased()
        let hasPrefix = ["0x", "0o", "0b"].contains { lower.hasPrefix($0) }
        for (index, character) in lower.enumerated() {
            if character == "_" {
                guard previous.isHexDigit || (hasPrefix && index == 2) else { return false }
            } else if previous == "_" {
                guard character.isHexDigit else { return false }
            }
            previous = character
        }
        return previous != "_"
    }
}
