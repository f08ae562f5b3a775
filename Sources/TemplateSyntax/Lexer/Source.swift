/// A template's bytes, and where in them a person finds a place.
struct Source {
    let bytes: [UInt8]
    /// The place of every `stride`-th byte: each node of the tree has its place, and counting from the start
    /// for each would take a time that grows with the square of the template's size.
    private let marks: [SourcePosition]
    private static let stride = 64

    init(bytes: [UInt8]) {
        self.bytes = bytes
        var marks: [SourcePosition] = []
        var place = SourcePosition(line: 1, column: 1)
        for start in Swift.stride(from: 0, through: bytes.count, by: Self.stride) {
            marks.append(place)
            place = Self.advance(place, over: bytes[start..<min(start + Self.stride, bytes.count)])
        }
        self.marks = marks
    }

    func position(at offset: Int) -> SourcePosition {
        let offset = min(offset, bytes.count)
        let mark = offset / Self.stride
        return Self.advance(marks[mark], over: bytes[mark * Self.stride..<offset])
    }

    private static func advance(_ place: SourcePosition, over bytes: ArraySlice<UInt8>) -> SourcePosition {
        var place = place
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                place = SourcePosition(line: place.line + 1, column: 1)
            } else if byte & 0xC0 != 0x80 {
                // Of a character in UTF-8 all bytes but the first begin with the bits 10.
                place.column += 1
            }
        }
        return place
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
