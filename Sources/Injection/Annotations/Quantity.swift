/// A Kubernetes quantity: `100m`, `64Mi`, `1e3` (API conventions, "Quantity").
struct Quantity {
    /// For comparing; the text is what goes into the pod.
    let value: Double

    private static let suffixes: [String: Double] = [
        "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
        "E": 1e18, "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
        "Pi": 1_125_899_906_842_624, "Ei": 1_152_921_504_606_846_976,
    ]

    /// `nil` when the text is no quantity, or not above zero.
    init?(_ text: String) {
        guard text.utf8.count <= 32 else { return nil }
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard number.contains(where: \.isNumber), number.filter({ $0 == "." }).count <= 1,
            let mantissa = Double(number.hasPrefix(".") ? "0" + number : String(number))
        else { return nil }
        let suffix = String(text.dropFirst(number.count))
        guard let factor = Self.suffixes[suffix] ?? Self.exponent(suffix), mantissa * factor > 0 else {
            return nil
        }
        value = mantissa * factor
    }

    /// `e3`, `E-2`.
    private static func exponent(_ suffix: String) -> Double? {
        guard let first = suffix.first, first == "e" || first == "E",
            let power = Int(suffix.dropFirst()), abs(power) <= 18
        else { return nil }
        return Double("1e\(power)")
    }
}
