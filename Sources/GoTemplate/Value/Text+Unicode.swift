extension Text {
    /// A character and where it is; bytes that are no UTF-8 count one by one, as U+FFFD.
    struct Rune {
        let scalar: UnicodeScalar
        let range: Range<Int>
        var isValid: Bool { !(scalar == "\u{FFFD}" && range.count == 1) }
    }

    func rune(at offset: Int) -> Rune {
        let first = self[offset]
        if first < 0x80 { return Rune(scalar: UnicodeScalar(first), range: offset..<offset + 1) }
        let bad = Rune(scalar: "\u{FFFD}", range: offset..<offset + 1)
        let length: Int
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, value) = (3, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, value) = (4, UInt32(first & 0x07))
        default: return bad
        }
        guard offset + length <= count else { return bad }
        for next in offset + 1..<offset + length {
            guard self[next] & 0xC0 == 0x80 else { return bad }
            value = value << 6 | UInt32(self[next] & 0x3F)
        }
        let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard value >= smallest, let scalar = UnicodeScalar(value) else { return bad }
        return Rune(scalar: scalar, range: offset..<offset + length)
    }

    /// Its characters in order.
    var runes: RuneSequence { RuneSequence(text: self) }

    var runeCount: Int { runes.reduce(0) { count, _ in count + 1 } }

    struct RuneSequence: Sequence, IteratorProtocol {
        let text: Text
        var offset = 0

        init(text: Text) { self.text = text }

        mutating func next() -> Rune? {
            guard offset < text.count else { return nil }
            let rune = text.rune(at: offset)
            offset = rune.range.upperBound
            return rune
        }
    }

    /// The first place of `other` from `start` on.
    func firstIndex(of other: Text, from start: Int = 0) -> Int? {
        guard let first = other.first else { return start <= count ? start : nil }
        var index = start
        while index + other.count <= count {
            if self[index] == first, part(index..<index + other.count) == other { return index }
            index += 1
        }
        return nil
    }

    func hasPrefix(_ other: Text) -> Bool { count >= other.count && upTo(other.count) == other }

    func hasSuffix(_ other: Text) -> Bool { count >= other.count && from(count - other.count) == other }

    func isEqual(to other: String) -> Bool { elementsEqual(other.utf8) }

    /// Without the characters at both ends that `isOutside` takes.
    func trimmed(_ isOutside: (UnicodeScalar) -> Bool) -> Text {
        var start = 0
        while start < count {
            let rune = rune(at: start)
            guard isOutside(rune.scalar) else { break }
            start = rune.range.upperBound
        }
        var end = start
        for rune in from(start).runes where !isOutside(rune.scalar) { end = start + rune.range.upperBound }
        return part(start..<end)
    }

    /// The parts between `separator`s, as Go's `strings.SplitN`: characters where that is empty.
    /// - Parameter limit: at most so many, the last one with the rest; negative: all; 0: none.
    func split(by separator: Text, limit: Int = -1) -> [Text] {
        guard limit != 0 else { return [] }
        var parts: [Text] = []
        var start = 0
        if separator.isEmpty {
            while start < count, limit < 0 || parts.count < limit - 1 {
                let rune = rune(at: start)
                parts.append(part(rune.range))
                start = rune.range.upperBound
            }
            return start < count ? parts + [from(start)] : parts
        }
        while limit < 0 || parts.count < limit - 1, let index = firstIndex(of: separator, from: start) {
            parts.append(part(start..<index))
            start = index + separator.count
        }
        return parts + [from(start)]
    }
}

extension UnicodeScalar {
    /// Go's `unicode.IsSpace`.
    var isGoSpace: Bool {
        switch value {
        case 9...13, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Go's `unicode.IsLetter`.
    var isGoLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isGoDigit: Bool { properties.generalCategory == .decimalNumber }
    var isGoUpper: Bool { properties.generalCategory == .uppercaseLetter }
    var isGoLower: Bool { properties.generalCategory == .lowercaseLetter }

    /// Go maps one character to one.
    var goUpper: UnicodeScalar {
        // Greek letters with an iota below have one capital letter, that of a title, and two in Unicode's full mapping.
        let upper = single(properties.uppercaseMapping)
        return upper == self ? single(properties.titlecaseMapping) : upper
    }
    var goLower: UnicodeScalar { self == "\u{130}" ? "i" : single(properties.lowercaseMapping) }
    var goTitle: UnicodeScalar { single(properties.titlecaseMapping) }

    private func single(_ mapped: String) -> UnicodeScalar {
        let scalars = mapped.unicodeScalars
        return scalars.count == 1 ? scalars.first ?? self : self
    }

    /// Go's `unicode.IsPrint`.
    var isGoPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}
