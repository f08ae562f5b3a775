/// The tree of a regular expression.
indirect enum RegexNode {
    case empty
    case set(RegexSet)
    case start(multiline: Bool)
    case end(multiline: Bool)
    case textEnd
    case wordBoundary(Bool)
    case group(RegexNode, Int?)
    case concatenation([RegexNode])
    case alternation([RegexNode])
    case repetition(RegexNode, least: Int, most: Int?, isGreedy: Bool)
}

/// Which characters match at one place.
struct RegexSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var classes: [@Sendable (UnicodeScalar) -> Bool] = []
    var isNegated = false
    var ignoresCase = false

    func contains(_ scalar: UnicodeScalar) -> Bool { matches(scalar) != isNegated }

    private func matches(_ scalar: UnicodeScalar) -> Bool {
        if holds(scalar) { return true }
        guard ignoresCase else { return false }
        let folded = [scalar.goLower, scalar.goUpper, scalar.goTitle]
        if folded.contains(where: holds) { return true }
        // The two letters that fold to ASCII.
        return switch scalar {
        case "k", "K": holds("\u{212A}")
        case "s", "S": holds("\u{17F}")
        default: false
        }
    }

    private func holds(_ scalar: UnicodeScalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } || classes.contains { $0(scalar) }
    }
}
