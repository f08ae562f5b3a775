/// A Kubernetes quantity above zero: `100m`, `0.5`, `64Mi`, `1e3`.
struct Quantity {
    private static let suffixes: Set<String> = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ]

    /// `nil` when it is none, or not above zero.
    init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let rest = text.dropFirst(digits.count)
        guard digits.filter({ $0 == "." }).count <= 1, digits.contains(where: { $0 != "." && $0 != "0" })
        else {
            return nil
        }
        if Self.suffixes.contains(String(rest)) { return }
        guard let mark = rest.first, mark == "e" || mark == "E", let exponent = Int(rest.dropFirst()),
            (-18...18).contains(exponent)
        else { return nil }
    }
}
