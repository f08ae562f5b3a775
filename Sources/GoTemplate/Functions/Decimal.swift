/// A decimal number of any size, as github.com/shopspring/decimal computes: coefficient × 10^exponent.
struct Decimal {
    private var isNegative: Bool
    /// Tens, least first, without zeros at the end.
    private var digits: [UInt8]
    private var exponent: Int

    static let zero = Decimal(isNegative: false, digits: [], exponent: 0)

    private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        self.isNegative = isNegative
        self.digits = digits
        self.exponent = exponent
        while self.digits.last == 0 { self.digits.removeLast() }
        if self.digits.isEmpty { self.isNegative = false }
    }

    /// The shortest decimal that reads back to `value`; `nil` for what is no number.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        let text = NumberFormat.float(value, verb: "e", precision: nil)
        let parts = text.split(separator: "e")
        let mantissa = parts[0].drop { $0 == "-" }
        let fraction = mantissa.split(separator: ".").dropFirst().first?.count ?? 0
        let digits = mantissa.filter { $0 != "." }.utf8.reversed().map { $0 - UInt8(ascii: "0") }
        self.init(
            isNegative: value < 0, digits: digits,
            exponent: (parts.count > 1 ? Int(parts[1].drop { $0 == "+" }) ?? 0 : 0) - fraction)
    }

    var double: Double {
        let text = digits.reversed().map { String($0) }.joined()
        return Double((isNegative ? "-" : "") + (text.isEmpty ? "0" : text) + "e\(exponent)") ?? 0
    }

    var negated: Decimal { Decimal(isNegative: !isNegative, digits: digits, exponent: exponent) }

    func adding(_ other: Decimal) -> Decimal {
        let lowest = min(exponent, other.exponent)
        let left = scaled(to: lowest)
        let right = other.scaled(to: lowest)
        if isNegative == other.isNegative {
            return Decimal(isNegative: isNegative, digits: Self.sum(left, right), exponent: lowest)
        }
        return Self.isLess(left, right)
            ? Decimal(isNegative: other.isNegative, digits: Self.difference(right, left), exponent: lowest)
            : Decimal(isNegative: isNegative, digits: Self.difference(left, right), exponent: lowest)
    }

    func multiplied(by other: Decimal) -> Decimal {
        var product = [Int](repeating: 0, count: digits.count + other.digits.count + 1)
        for (i, a) in digits.enumerated() {
            for (j, b) in other.digits.enumerated() { product[i + j] += Int(a) * Int(b) }
        }
        var carry = 0
        let result = product.map { digit -> UInt8 in
            let value = digit + carry
            carry = value / 10
            return UInt8(value % 10)
        }
        return Decimal(
            isNegative: isNegative != other.isNegative, digits: result, exponent: exponent + other.exponent)
    }

    /// To 16 places, rounded half away from zero; `nil` when the divisor is zero.
    func divided(by other: Decimal) -> Decimal? {
        guard !other.digits.isEmpty else { return nil }
        // One place more than asked for, to round by.
        let shift = exponent - other.exponent + 17
        let numerator =
            shift >= 0 ? [UInt8](repeating: 0, count: shift) + digits : Array(digits.dropFirst(-shift))
        var quotient: [UInt8] = []
        var remainder: [UInt8] = []
        for digit in numerator.reversed() {
            remainder.insert(digit, at: 0)
            while remainder.last == 0 { remainder.removeLast() }
            var count: UInt8 = 0
            while !Self.isLess(remainder, other.digits) {
                remainder = Self.difference(remainder, other.digits)
                count += 1
            }
            quotient.insert(count, at: 0)
        }
        let roundsUp = (quotient.first ?? 0) >= 5
        let kept = Array(quotient.dropFirst())
        return Decimal(
            isNegative: isNegative != other.isNegative, digits: roundsUp ? Self.sum(kept, [1]) : kept,
            exponent: -16)
    }

    private func scaled(to lowest: Int) -> [UInt8] {
        digits.isEmpty ? [] : [UInt8](repeating: 0, count: exponent - lowest) + digits
    }

    private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var carry: UInt8 = 0
        return (0...max(left.count, right.count)).map { index in
            let value =
                (index < left.count ? left[index] : 0) + (index < right.count ? right[index] : 0) + carry
            carry = value / 10
            return value % 10
        }
    }

    /// Of a larger and a smaller number.
    private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var borrow: Int8 = 0
        var result = left.indices.map { index -> UInt8 in
            var value = Int8(left[index]) - (index < right.count ? Int8(right[index]) : 0) - borrow
            borrow = value < 0 ? 1 : 0
            if value < 0 { value += 10 }
            return UInt8(value)
        }
        while result.last == 0 { result.removeLast() }
        return result
    }

    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let (left, right) = (trimmed(left), trimmed(right))
        guard left.count == right.count else { return left.count < right.count }
        return left.reversed().lexicographicallyPrecedes(right.reversed())
    }

    private static func trimmed(_ digits: [UInt8]) -> ArraySlice<UInt8> {
        digits[...((digits.lastIndex { $0 != 0 } ?? -1))]
    }
}
