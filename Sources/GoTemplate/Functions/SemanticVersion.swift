/// A version as github.com/Masterminds/semver/v3 reads it: `v`, minor and patch may be left out.
struct SemanticVersion: Equatable {
    let major: UInt64
    let minor: UInt64
    let patch: UInt64
    let prerelease: String
    let metadata: String
    let original: String

    init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        original = text
        var rest = Substring(text)
        if rest.hasPrefix("v") { rest = rest.dropFirst() }
        let plus = rest.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        metadata = plus.count > 1 ? String(plus[1]) : ""
        if plus.count > 1, !Self.areIdentifiers(plus[1]) { return nil }
        let dash = plus[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        prerelease = dash.count > 1 ? String(dash[1]) : ""
        if dash.count > 1 {
            guard Self.areIdentifiers(dash[1]) else { return nil }
            for part in dash[1].split(separator: ".") where part.count > 1 && part.hasPrefix("0") {
                if part.allSatisfy(\.isNumber) { return nil }
            }
        }
        let numbers = dash[0].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(numbers.count),
            numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let values = numbers.compactMap { UInt64($0) }
        guard values.count == numbers.count else { return nil }
        major = values[0]
        minor = values.count > 1 ? values[1] : 0
        patch = values.count > 2 ? values[2] : 0
    }

    private static func areIdentifiers(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }

    var description: String {
        "\(major).\(minor).\(patch)" + (prerelease.isEmpty ? "" : "-" + prerelease)
            + (metadata.isEmpty ? "" : "+" + metadata)
    }

    /// -1, 0 or 1; metadata does not count.
    func compare(_ other: SemanticVersion) -> Int {
        for (mine, theirs) in [(major, other.major), (minor, other.minor), (patch, other.patch)]
        where mine != theirs {
            return mine < theirs ? -1 : 1
        }
        if prerelease == other.prerelease { return 0 }
        if prerelease.isEmpty { return 1 }
        if other.prerelease.isEmpty { return -1 }
        let mine = prerelease.split(separator: ".")
        let theirs = other.prerelease.split(separator: ".")
        for (a, b) in zip(mine, theirs) where a != b {
            switch (UInt64(a), UInt64(b)) {
            case (let a?, let b?): return a < b ? -1 : 1
            case (.some, nil): return -1
            case (nil, .some): return 1
            default: return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
            }
        }
        return mine.count < theirs.count ? -1 : 1
    }

    /// What a template may call on it.
    func method(_ name: String, _ arguments: [Value]) throws(FunctionFailure) -> Value? {
        switch name {
        case "Major": return .int(Int64(bitPattern: major), .uint64)
        case "Minor": return .int(Int64(bitPattern: minor), .uint64)
        case "Patch": return .int(Int64(bitPattern: patch), .uint64)
        case "Prerelease": return .text(prerelease)
        case "Metadata": return .text(metadata)
        case "Original": return .text(original)
        case "String": return .text(description)
        case "Compare", "Equal", "LessThan", "GreaterThan":
            guard arguments.count == 1, case .version(let other) = arguments[0] else {
                throw FunctionFailure("takes one version")
            }
            let order = compare(other)
            switch name {
            case "Compare": return .int(order)
            case "Equal": return .bool(order == 0)
            case "LessThan": return .bool(order < 0)
            default: return .bool(order > 0)
            }
        default: return nil
        }
    }
}
