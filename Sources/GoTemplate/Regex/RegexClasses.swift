/// The named classes of characters.
enum RegexClasses {
    static func perl(_ letter: UnicodeScalar) -> RegexSet? {
        switch letter {
        case "d", "D": RegexSet(ranges: [48...57], isNegated: letter == "D")
        case "s", "S": RegexSet(ranges: [9...10, 12...13, 32...32], isNegated: letter == "S")
        case "w", "W": RegexSet(ranges: [48...57, 65...90, 95...95, 97...122], isNegated: letter == "W")
        default: nil
        }
    }

    static func posix(_ name: String) -> RegexSet? {
        let isNegated = name.hasPrefix("^")
        let ranges: [ClosedRange<UInt32>]? =
            switch isNegated ? String(name.dropFirst()) : name {
            case "alnum": [48...57, 65...90, 97...122]
            case "alpha": [65...90, 97...122]
            case "ascii": [0...127]
            case "blank": [9...9, 32...32]
            case "cntrl": [0...31, 127...127]
            case "digit": [48...57]
            case "graph": [33...126]
            case "lower": [97...122]
            case "print": [32...126]
            case "punct": [33...47, 58...64, 91...96, 123...126]
            case "space": [9...13, 32...32]
            case "upper": [65...90]
            case "word": [48...57, 65...90, 95...95, 97...122]
            case "xdigit": [48...57, 65...70, 97...102]
            default: nil
            }
        return ranges.map { RegexSet(ranges: $0, isNegated: isNegated) }
    }

    /// General categories; scripts need tables that Swift's library does not have.
    static func unicode(_ name: String) -> RegexSet? {
        if name == "Any" { return RegexSet(ranges: [0...0x10FFFF]) }
        guard let group = categories[String(name.prefix(1))] else { return nil }
        if name.count == 1 {
            let all = Set(group.values)
            return RegexSet(classes: [{ all.contains($0.properties.generalCategory) }])
        }
        guard let category = group[name] else { return nil }
        return RegexSet(classes: [{ $0.properties.generalCategory == category }])
    }

    private static let categories: [String: [String: Unicode.GeneralCategory]] = [
        "L": [
            "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
            "Lo": .otherLetter,
        ],
        "M": ["Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark],
        "N": ["Nd": .decimalNumber, "Nl": .letterNumber, "No": .otherNumber],
        "P": [
            "Pc": .connectorPunctuation, "Pd": .dashPunctuation, "Ps": .openPunctuation,
            "Pe": .closePunctuation, "Pi": .initialPunctuation, "Pf": .finalPunctuation,
            "Po": .otherPunctuation,
        ],
        "S": ["Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol, "So": .otherSymbol],
        "Z": ["Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator],
        "C": ["Cc": .control, "Cf": .format, "Co": .privateUse],
    ]
}
