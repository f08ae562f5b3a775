/// Go's `time.Duration`.
struct GoSpan {
    var nanoseconds: Int64

    private static let units: [(String, Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// `1h15m30.5s`, `-5m`, `0`.
    init?(_ text: String) {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        nanoseconds = 0
        if rest == "0" { return }
        guard !rest.isEmpty else { return nil }
        var total: Double = 0
        var exact: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(unit.count)
            guard let factor = Self.units.first(where: { $0.0 == unit })?.1,
                let value = Double(number.hasSuffix(".") ? number + "0" : "0" + number), number != "."
            else { return nil }
            let parts = number.split(separator: ".", omittingEmptySubsequences: false)
            let (whole, overflow) = (Int64(parts[0]) ?? 0).multipliedReportingOverflow(by: factor)
            total += value * Double(factor)
            guard !overflow, total < 9.2e18 else { return nil }
            let fraction = parts.count > 1 ? Double("0." + parts[1] + "0") ?? 0 : 0
            exact += whole + Int64(fraction * Double(factor))
        }
        nanoseconds = isNegative ? -exact : exact
    }

    /// `72h3m0.5s`, as Go prints it.
    var description: String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        if value < 1_000_000_000 {
            let (unit, factor): (String, UInt64) =
                value < 1_000 ? ("ns", 1) : value < 1_000_000 ? ("µs", 1_000) : ("ms", 1_000_000)
            return sign + Self.decimal(value, factor) + unit
        }
        let seconds = value / 1_000_000_000
        var text = Self.decimal(value % 60_000_000_000, 1_000_000_000) + "s"
        if seconds >= 60 { text = "\(seconds / 60 % 60)m" + text }
        if seconds >= 3_600 { text = "\(seconds / 3_600)h" + text }
        return sign + text
    }

    private static func decimal(_ value: UInt64, _ factor: UInt64) -> String {
        let fraction = value % factor
        guard fraction != 0 else { return "\(value / factor)" }
        var digits = "\(fraction)"
        let width = "\(factor)".utf8.count - 1
        digits = String(repeating: "0", count: width - digits.utf8.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(value / factor)." + digits
    }
}
