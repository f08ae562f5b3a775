/// The fraction of π in words of 32 bits, of which Blowfish's boxes are made.
enum PiDigits {
    /// 1042 words, by Machin's formula: π = 16 arctan(1/5) − 4 arctan(1/239).
    static let words: [UInt32] = {
        // Two words more, for what rounding loses.
        let count = 1_042 + 3
        var sum = [UInt32](repeating: 0, count: count)
        add(arctangent(of: 5, times: 16, count), to: &sum)
        subtract(arctangent(of: 239, times: 4, count), from: &sum)
        // The first word is the 3.
        return Array(sum[1...1_042])
    }()

    private static func arctangent(of inverse: UInt64, times: UInt32, _ count: Int) -> [UInt32] {
        var power = [UInt32](repeating: 0, count: count)
        power[0] = times
        divide(&power, by: inverse)
        var sum = power
        var divisor: UInt64 = 3
        var isNegative = true
        while power.contains(where: { $0 != 0 }) {
            divide(&power, by: inverse * inverse)
            var term = power
            divide(&term, by: divisor)
            if isNegative {
                subtract(term, from: &sum)
            } else {
                add(term, to: &sum)
            }
            divisor += 2
            isNegative.toggle()
        }
        return sum
    }

    private static func divide(_ number: inout [UInt32], by divisor: UInt64) {
        var remainder: UInt64 = 0
        for index in number.indices {
            let value = remainder << 32 | UInt64(number[index])
            number[index] = UInt32(value / divisor)
            remainder = value % divisor
        }
    }

    private static func add(_ other: [UInt32], to number: inout [UInt32]) {
        var carry: UInt64 = 0
        for index in number.indices.reversed() {
            let value = UInt64(number[index]) + UInt64(other[index]) + carry
            number[index] = UInt32(truncatingIfNeeded: value)
            carry = value >> 32
        }
    }

    private static func subtract(_ other: [UInt32], from number: inout [UInt32]) {
        var borrow: Int64 = 0
        for index in number.indices.reversed() {
            var value = Int64(number[index]) - Int64(other[index]) - borrow
            borrow = value < 0 ? 1 : 0
            if value < 0 { value += 1 << 32 }
            number[index] = UInt32(value)
        }
    }
}
