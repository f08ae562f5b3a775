/// Durations as Go writes them, the language of the annotations' documents: `1h30m`, `1.5h`, `300ms`.
extension Duration {
    /// Reads a duration by the rules of Go's `time.ParseDuration`, but no negative one.
    ///
    /// - Throws: `GoDurationError`.
    package init(go text: String) throws(GoDurationError) {
        var parser = GoDurationParser(text)
        self = .nanoseconds(try parser.parse())
    }

    /// As Go's `Duration.String` writes it: `5m0s`, `1.5s`, `300ms`; below a nanosecond nothing is kept.
    package var goDescription: String {
        let total = nanoseconds
        guard total != 0 else { return "0s" }
        let sign = total < 0 ? "-" : ""
        let value = total.magnitude
        if value < 1_000 { return "\(sign)\(value)ns" }
        if value < 1_000_000 { return sign + Duration.decimal(value, scale: 1_000) + "µs" }
        if value < 1_000_000_000 { return sign + Duration.decimal(value, scale: 1_000_000) + "ms" }
        let minutes = value / 60_000_000_000
        let seconds = Duration.decimal(value % 60_000_000_000, scale: 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m" + seconds }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m" + seconds
    }

    private var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowAgain) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || overflowAgain ? (seconds < 0 ? .min : .max) : sum
    }

    /// `value / scale` without trailing zeros.
    private static func decimal(_ value: UInt64, scale: UInt64) -> String {
        let fraction = value % scale
        guard fraction != 0 else { return String(value / scale) }
        var digits = String(scale + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(value / scale).\(digits)"
    }
}

/// Why a text is no duration.
package struct GoDurationError: Error, Equatable, Sendable {
    /// What is wrong, for a person.
    package let reason: String
    /// Characters from the start.
    package let position: Int
}

/// One pass over a duration's characters.
private struct GoDurationParser {
    private let text: [Character]
    private var position = 0

    init(_ text: String) {
        // A duration is short; a long text is wrong within its beginning.
        self.text = Array(text.prefix(200))
    }

    mutating func parse() throws(GoDurationError) -> Int64 {
        guard !text.isEmpty else { throw error("is empty") }
        if text[0] == "-" { throw error("is negative") }
        if text[0] == "+" { position = 1 }
        // The one duration that needs no unit.
        if Array(text[position...]) == ["0"] { return 0 }
        var total: Int64 = 0
        repeat {
            let part = try parsePart()
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { throw error("is too long") }
            total = sum
        } while position < text.count
        return total
    }

    /// A number and its unit, in nanoseconds.
    private mutating func parsePart() throws(GoDurationError) -> Int64 {
        let start = position
        var whole: Int64 = 0
        var fraction: Int64 = 0
        var scale = 1.0
        var digits = 0
        while let digit = currentDigit {
            let (tens, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, overflowAgain) = tens.addingReportingOverflow(digit)
            guard !overflow, !overflowAgain else { throw error("is too long", at: start) }
            whole = sum
            digits += 1
            position += 1
        }
        if position < text.count, text[position] == "." {
            position += 1
            while let digit = currentDigit {
                // Go, too, ignores what is beyond the precision of 64 bits.
                if fraction < .max / 10 - 1 {
                    fraction = fraction * 10 + digit
                    scale *= 10
                }
                digits += 1
                position += 1
            }
        }
        guard digits > 0 else { throw error("has no number here") }
        let unit = try parseUnit()
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        let rest = Int64(Double(fraction) * (Double(unit) / scale))
        let (sum, overflowAgain) = product.addingReportingOverflow(rest)
        guard !overflow, !overflowAgain else { throw error("is too long", at: start) }
        return sum
    }

    private mutating func parseUnit() throws(GoDurationError) -> Int64 {
        let start = position
        while position < text.count, text[position] != ".", currentDigit == nil { position += 1 }
        let unit = String(text[start..<position])
        switch unit {
        case "ns": return 1
        // The micro sign and the Greek letter, as in Go.
        case "us", "\u{B5}s", "\u{3BC}s": return 1_000
        case "ms": return 1_000_000
        case "s": return 1_000_000_000
        case "m": return 60_000_000_000
        case "h": return 3_600_000_000_000
        case "": throw error("has no unit here", at: start)
        default: throw error("has the unknown unit " + quoted(unit, limit: 16), at: start)
        }
    }

    /// ASCII digits alone.
    private var currentDigit: Int64? {
        guard position < text.count, let byte = text[position].asciiValue, (48...57).contains(byte) else {
            return nil
        }
        return Int64(byte - 48)
    }

    private func error(_ reason: String, at place: Int? = nil) -> GoDurationError {
        GoDurationError(reason: reason, position: place ?? position)
    }
}
