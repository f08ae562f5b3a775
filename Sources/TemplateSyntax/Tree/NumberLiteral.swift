/// A number or character as written, and what it can be taken for: Go's constants have no type until
/// they are used.
package struct NumberLiteral: Equatable, Sendable {
    package var integer: Int64?
    /// Above the range of `integer`.
    package var unsigned: UInt64?
    package var float: Double?
    /// The second part of a complex number; the first is `float`.
    package var imaginary: Double?
    package var isCharacter = false
    /// As it is written.
    package let text: String

    /// Whether it is a float by itself: written with a point or an exponent.
    package var looksLikeFloat: Bool {
        guard float != nil, !isCharacter else { return false }
        let lower = text.lowercased()
        if lower.hasPrefix("0x") || lower.hasPrefix("+0x") || lower.hasPrefix("-0x") {
            return lower.contains("p") || lower.contains(".")
        }
        return text.contains { ".eEpP".contains($0) }
    }
}
