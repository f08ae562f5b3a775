/// A template's bytes, and where in them a person finds a place.
struct Source {
    let bytes: [UInt8]

    func position(at offset: Int) -> SourcePosition {
        let before = bytes[..<min(offset, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Of a character in UTF-8 all bytes but the first begin with the bits 10.
        let characters = before[lineStart...].count { $0 & 0xC0 != 0x80 }
        return SourcePosition(
            line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: characters + 1)
    }

    func error(_ reason: String, at offset: Int, hint: String? = nil) -> TemplateError {
        TemplateError(reason, at: position(at: offset), hint: hint)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func hasPrefix(_ prefix: String, at offset: Int) -> Bool {
        offset <= bytes.count && bytes[offset...].starts(with: prefix.utf8)
    }

    /// The first place of `text` from `offset` on.
    func firstIndex(of text: String, from offset: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard let first = wanted.first else { return nil }
        var index = offset
        while index + wanted.count <= bytes.count {
            if bytes[index] == first, bytes[index...].starts(with: wanted) { return index }
            index += 1
        }
        return nil
    }

    /// The character at `offset` and its length; U+FFFD with length 1 where the bytes are no UTF-8.
    func scalar(at offset: Int) -> (scalar: UnicodeScalar, length: Int)? {
        guard offset < bytes.count else { return nil }
        var iterator = bytes[offset..<min(offset + 4, bytes.count)].makeIterator()
        var decoder = UTF8()
        if case .scalarValue(let scalar) = decoder.decode(&iterator) {
            return (scalar, UTF8.width(scalar))
        }
        return ("\u{FFFD}", 1)
    }
}

/// What Go's templates take for white space.
func isGoSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
        || byte == UInt8(ascii: "\n")
}

extension UnicodeScalar {
    /// `_`, a letter or a decimal digit, as Go's identifiers have them.
    var isGoAlphanumeric: Bool {
        if isASCII {
            return self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
                || ("0"..."9").contains(self)
        }
        return switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber:
            true
        default: false
        }
    }
}
