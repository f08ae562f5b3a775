/// Reads RE2's syntax, which Go has: no backreferences, no look-around.
struct RegexParser {
    private struct Flags {
        var ignoresCase = false
        var multiline = false
        var dotMatchesAll = false
        var isUngreedy = false
    }

    private let scalars: [UnicodeScalar]
    private var index = 0
    private var flags = Flags()
    private var depth = 0
    private(set) var groupCount = 0
    private(set) var names: [String: Int] = [:]

    init(_ pattern: Text) { scalars = pattern.runes.map(\.scalar) }

    mutating func parse() throws(FunctionFailure) -> RegexNode {
        let node = try alternation()
        guard index == scalars.count else { throw wrong("a closing parenthesis without an opening one") }
        return node
    }

    private func wrong(_ what: String) -> FunctionFailure {
        FunctionFailure("the regular expression is wrong at character \(index + 1): \(what)")
    }

    private var next: UnicodeScalar? { index < scalars.count ? scalars[index] : nil }

    private func starts(with text: String) -> Bool {
        scalars[index...].starts(with: text.unicodeScalars)
    }

    private mutating func accept(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        index += text.unicodeScalars.count
        return true
    }

    private mutating func alternation() throws(FunctionFailure) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw wrong("more than 100 groups within each other") }
        let outer = flags
        defer { flags = outer }
        var branches = [try concatenation()]
        while accept("|") { branches.append(try concatenation()) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func concatenation() throws(FunctionFailure) -> RegexNode {
        var parts: [RegexNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if let atom = try atom() { parts.append(try repeated(atom)) }
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .concatenation(parts)
    }

    private mutating func repeated(_ atom: RegexNode) throws(FunctionFailure) -> RegexNode {
        var node = atom
        var isRepeated = false
        while let bounds = try bounds() {
            if isRepeated { throw wrong("a repetition of a repetition") }
            isRepeated = true
            let isGreedy = !accept("?") != flags.isUngreedy
            node = .repetition(node, least: bounds.least, most: bounds.most, isGreedy: isGreedy)
        }
        return node
    }

    private mutating func bounds() throws(FunctionFailure) -> (least: Int, most: Int?)? {
        if accept("*") { return (0, nil) }
        if accept("+") { return (1, nil) }
        if accept("?") { return (0, 1) }
        guard next == "{" else { return nil }
        let mark = index
        index += 1
        guard let least = number() else {
            index = mark
            return nil
        }
        var most: Int? = least
        if accept(",") { most = number() }
        guard accept("}") else {
            index = mark
            return nil
        }
        guard least <= 1_000, most ?? 0 <= 1_000, most ?? least >= least else {
            throw wrong("a repetition of more than 1000 times, or backwards")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar), (value ?? 0) < 100_000 {
            value = (value ?? 0) * 10 + Int(scalar.value) - 48
            index += 1
        }
        return value
    }

    /// - Returns: `nil` for flags alone.
    private mutating func atom() throws(FunctionFailure) -> RegexNode? {
        guard let scalar = next else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try bracket())
        case ".":
            index += 1
            return .set(
                flags.dotMatchesAll
                    ? RegexSet(ranges: [0...0x10FFFF]) : RegexSet(ranges: [10...10], isNegated: true))
        case "^":
            index += 1
            return .start(multiline: flags.multiline)
        case "$":
            index += 1
            return flags.multiline ? .end(multiline: true) : .textEnd
        case "\\": return try escape()
        case "*", "+", "?": throw wrong("a repetition of nothing")
        case "{":
            let mark = index
            if try bounds() != nil {
                index = mark
                throw wrong("a repetition of nothing")
            }
            index += 1
            return literal(scalar)
        default:
            index += 1
            return literal(scalar)
        }
    }

    private func literal(_ scalar: UnicodeScalar) -> RegexNode {
        .set(RegexSet(ranges: [scalar.value...scalar.value], ignoresCase: flags.ignoresCase))
    }

    private mutating func group() throws(FunctionFailure) -> RegexNode? {
        index += 1
        var number: Int?
        if accept("?") {
            if accept("P<") || accept("<") {
                let start = index
                while let scalar = next, scalar != ">" { index += scalar.value < 0x110000 ? 1 : 0 }
                guard index > start, next == ">" else { throw wrong("a group's name does not end") }
                var name = ""
                name.unicodeScalars.append(contentsOf: scalars[start..<index])
                index += 1
                guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
                    names[name] == nil
                else { throw wrong("a group's name is wrong or there twice") }
                groupCount += 1
                number = groupCount
                names[name] = groupCount
            } else {
                guard try readFlags() else { return nil }
                let inner = try scopedAlternation()
                return .group(inner, nil)
            }
        } else {
            groupCount += 1
            number = groupCount
        }
        let inner = try alternation()
        guard accept(")") else { throw wrong("a group is not closed") }
        return .group(inner, number)
    }

    private var outerFlags = Flags()

    /// The inside of `(?i:…)`, after which the flags are as before.
    private mutating func scopedAlternation() throws(FunctionFailure) -> RegexNode {
        let outer = outerFlags
        let inner = try alternation()
        flags = outer
        guard accept(")") else { throw wrong("a group is not closed") }
        return inner
    }

    /// - Returns: whether a group follows (`(?i:`), and not the end (`(?i)`).
    private mutating func readFlags() throws(FunctionFailure) -> Bool {
        var isOn = true
        var changed = flags
        while let scalar = next {
            index += 1
            switch scalar {
            case "i": changed.ignoresCase = isOn
            case "m": changed.multiline = isOn
            case "s": changed.dotMatchesAll = isOn
            case "U": changed.isUngreedy = isOn
            case "-" where isOn: isOn = false
            case ")":
                flags = changed
                return false
            case ":":
                outerFlags = flags
                flags = changed
                return true
            default: throw wrong("RE2 has no such group: no look-around, no backreferences")
            }
        }
        throw wrong("a group is not closed")
    }

    private mutating func escape() throws(FunctionFailure) -> RegexNode {
        index += 1
        guard let scalar = next else { throw wrong("a backslash at the end") }
        switch scalar {
        case "A": return advance(.start(multiline: false))
        case "z": return advance(.textEnd)
        case "b": return advance(.wordBoundary(true))
        case "B": return advance(.wordBoundary(false))
        case "Q":
            index += 1
            var parts: [RegexNode] = []
            while index < scalars.count, !starts(with: "\\E") {
                parts.append(literal(scalars[index]))
                index += 1
            }
            _ = accept("\\E")
            return .concatenation(parts)
        default: break
        }
        if var set = try classEscape() {
            set.ignoresCase = flags.ignoresCase
            return .set(set)
        }
        let value = try characterEscape()
        return .set(RegexSet(ranges: [value...value], ignoresCase: flags.ignoresCase))
    }

    private mutating func advance(_ node: RegexNode) -> RegexNode {
        index += 1
        return node
    }

    /// `\d`, `\pL`, …; `nil` where it is none of these, with nothing read.
    private mutating func classEscape() throws(FunctionFailure) -> RegexSet? {
        guard let scalar = next else { return nil }
        if let set = RegexClasses.perl(scalar) {
            index += 1
            return set
        }
        guard scalar == "p" || scalar == "P" else { return nil }
        index += 1
        var isNegated = scalar == "P"
        var name = ""
        if accept("{") {
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            guard accept("}") else { throw wrong("a class does not end") }
        } else if let scalar = next {
            name = String(scalar)
            index += 1
        }
        if name.hasPrefix("^") {
            isNegated.toggle()
            name.removeFirst()
        }
        guard var set = RegexClasses.unicode(name) else { throw wrong("an unknown class of characters") }
        set.isNegated = isNegated
        return set
    }

    private mutating func characterEscape() throws(FunctionFailure) -> UInt32 {
        guard let scalar = next else { throw wrong("a backslash at the end") }
        index += 1
        switch scalar {
        case "a": return 7
        case "f": return 12
        case "t": return 9
        case "n": return 10
        case "r": return 13
        case "v": return 11
        case "x":
            var digits = ""
            if accept("{") {
                while let scalar = next, scalar != "}", digits.utf8.count < 8 {
                    digits.unicodeScalars.append(scalar)
                    index += 1
                }
                guard accept("}") else { throw wrong("an escape does not end") }
            } else {
                for _ in 0..<2 {
                    guard let scalar = next else { break }
                    digits.unicodeScalars.append(scalar)
                    index += 1
                }
                guard digits.utf8.count == 2 else { throw wrong("an escape does not end") }
            }
            guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF else {
                throw wrong("no such escape")
            }
            return value
        case "0"..."7":
            // A single 1 to 7 would be a backreference.
            var value = scalar.value - 48
            if scalar != "0", !(next.map { ("0"..."7").contains($0) } ?? false) {
                throw wrong("there are no backreferences")
            }
            for _ in 0..<2 {
                guard let digit = next, ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 48
                index += 1
            }
            return value
        default:
            guard scalar.isASCII, !scalar.isGoLetter, !scalar.isGoDigit else { throw wrong("no such escape") }
            return scalar.value
        }
    }

    private mutating func bracket() throws(FunctionFailure) -> RegexSet {
        index += 1
        var set = RegexSet(ignoresCase: flags.ignoresCase)
        set.isNegated = accept("^")
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if starts(with: "[:") {
                let end = scalars[index...].firstIndex(of: "]") ?? scalars.count
                var name = ""
                name.unicodeScalars.append(contentsOf: scalars[min(index + 2, end)..<end])
                if name.hasSuffix(":") {
                    guard let inner = RegexClasses.posix(String(name.dropLast())) else {
                        throw wrong("an unknown class of characters")
                    }
                    set.classes.append { inner.contains($0) }
                    index = end + 1
                    continue
                }
            }
            if scalar == "\\" {
                index += 1
                if let inner = try classEscape() {
                    set.classes.append { inner.contains($0) }
                    continue
                }
                index -= 1
            }
            let low = try bracketCharacter()
            var high = low
            if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" {
                index += 1
                high = try bracketCharacter()
                guard high >= low else { throw wrong("a range backwards") }
            }
            set.ranges.append(low...high)
        }
        guard accept("]") else { throw wrong("a bracket is not closed") }
        return set
    }

    private mutating func bracketCharacter() throws(FunctionFailure) -> UInt32 {
        guard let scalar = next else { throw wrong("a bracket is not closed") }
        if scalar == "\\" {
            index += 1
            return try characterEscape()
        }
        index += 1
        return scalar.value
    }
}
