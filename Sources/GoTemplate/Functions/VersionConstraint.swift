/// `>=1.2, <2 || ~3.1`, as Masterminds/semver reads it.
struct VersionConstraint {
    private struct Condition {
        let sign: String
        let version: SemanticVersion
        let minorIsOpen: Bool
        let patchIsOpen: Bool
        /// `*`
        let isOpen: Bool

        var isRange: Bool { isOpen || patchIsOpen }
    }

    private var alternatives: [[Condition]] = []

    init?(_ text: String) {
        guard text.utf8.count <= 1_024 else { return nil }
        for part in text.components(by: "||") {
            guard let conditions = Self.conditions(part) else { return nil }
            alternatives.append(conditions)
        }
    }

    func allows(_ version: SemanticVersion) -> Bool {
        alternatives.contains { conditions in
            let named = conditions.contains { !$0.version.prerelease.isEmpty }
            return conditions.allSatisfy { Self.holds($0, version, namesPrerelease: named) }
        }
    }

    private static func conditions(_ text: String) -> [Condition]? {
        var words = text.replacing(",", with: " ").split(separator: " ").map(String.init)
        // `1.2 - 1.4` is >=1.2 <=1.4.
        while let dash = words.firstIndex(of: "-") {
            guard dash > 0, dash + 1 < words.count else { return nil }
            words[dash - 1] = ">=" + words[dash - 1]
            words[dash + 1] = "<=" + words[dash + 1]
            words.remove(at: dash)
        }
        var found: [Condition] = []
        var sign = ""
        for word in words {
            let operators = word.prefix { "=!<>~^".contains($0) }
            sign += operators
            let rest = word.dropFirst(operators.count)
            if rest.isEmpty { continue }
            guard let condition = condition(sign, String(rest)) else { return nil }
            found.append(condition)
            sign = ""
        }
        return found.isEmpty || !sign.isEmpty ? nil : found
    }

    private static func condition(_ sign: String, _ text: String) -> Condition? {
        guard ["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"].contains(sign) else {
            return nil
        }
        let head = text.prefix { $0 != "-" && $0 != "+" }
        let tail = text.dropFirst(head.count)
        var numbers = (head.hasPrefix("v") ? head.dropFirst() : head).split(separator: ".").map(String.init)
        guard (1...3).contains(numbers.count) else { return nil }
        func isOpen(_ index: Int) -> Bool {
            index >= numbers.count || ["x", "X", "*"].contains(numbers[index])
        }
        let all = isOpen(0)
        // As Masterminds/semver: where the first number is open, the others do not count as such.
        let minor = !all && isOpen(1)
        let patch = !all && (minor || isOpen(2))
        numbers = (0..<3).map { index in
            all || index == 1 && minor || index == 2 && patch ? "0" : numbers[index]
        }
        guard let version = SemanticVersion(numbers.joined(separator: ".") + tail) else { return nil }
        return Condition(sign: sign, version: version, minorIsOpen: minor, patchIsOpen: patch, isOpen: all)
    }

    private static func holds(_ c: Condition, _ v: SemanticVersion, namesPrerelease: Bool) -> Bool {
        if !v.prerelease.isEmpty, !namesPrerelease { return false }
        let order = v.compare(c.version)
        switch c.sign {
        case "", "=": return c.isRange ? tilde(c, v) : order == 0
        case "!=":
            if c.isRange {
                if c.version.major != v.major { return true }
                if c.version.minor != v.minor, !c.minorIsOpen { return true }
                if c.minorIsOpen { return false }
                if c.patchIsOpen { return false }
            }
            return order != 0
        case ">":
            if !c.isRange { return order > 0 }
            if v.major != c.version.major { return v.major > c.version.major }
            if c.minorIsOpen { return false }
            return c.patchIsOpen ? v.minor > c.version.minor : order > 0
        case "<": return order < 0
        case ">=", "=>": return order >= 0
        case "<=", "=<":
            if !c.isRange { return order <= 0 }
            if v.major > c.version.major { return false }
            return !(v.major == c.version.major && v.minor > c.version.minor && !c.minorIsOpen)
        case "~", "~>": return tilde(c, v)
        default: return caret(c, v)
        }
    }

    private static func tilde(_ c: Condition, _ v: SemanticVersion) -> Bool {
        if v.compare(c.version) < 0 { return false }
        if c.isOpen
            || c.version.major == 0 && c.version.minor == 0 && c.version.patch == 0 && !c.minorIsOpen
                && !c.patchIsOpen
        {
            return true
        }
        if v.major != c.version.major { return false }
        return v.minor == c.version.minor || c.minorIsOpen
    }

    private static func caret(_ c: Condition, _ v: SemanticVersion) -> Bool {
        if v.compare(c.version) < 0 { return false }
        if c.version.major > 0 || c.minorIsOpen { return v.major == c.version.major || c.isOpen }
        if v.major > 0 { return false }
        if c.version.minor > 0 || c.patchIsOpen { return v.minor == c.version.minor }
        if v.minor > 0 { return false }
        return v.patch == c.version.patch
    }
}

extension String {
    fileprivate func components(by separator: String) -> [String] {
        Text(self).split(by: Text(separator)).map(\.plain)
    }

    fileprivate func replacing(_ old: Character, with new: Character) -> String {
        String(map { $0 == old ? new : $0 })
    }
}

extension Library {
    static let versions: [String: FunctionBody] = [
        "semver": { (call) throws(FunctionFailure) in .version(try version(call.text(0))) },
        "semverCompare": { (call) throws(FunctionFailure) in
            guard let constraint = VersionConstraint(call.text(0).upTo(2_000).plain) else {
                throw FunctionFailure("this is no constraint of versions")
            }
            return .bool(constraint.allows(try version(call.text(1))))
        },
    ]

    private static func version(_ text: Text) throws(FunctionFailure) -> SemanticVersion {
        guard let version = SemanticVersion(text.upTo(300).plain) else {
            throw FunctionFailure("this is no semantic version")
        }
        return version
    }
}
