/// One pass over the text that notes where each value lies.
struct JSONParser {
    private typealias Node = JSONDocument.Node

    private let bytes: UnsafeRawBufferPointer
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private var nodes: [JSONDocument.Node] = []

    init(bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(JSONError) -> [JSONDocument.Node] {
        guard bytes.count < UInt32.max else { throw error("the text is over 4 GiB") }
        // A value of Keeper's takes some 16 bytes of text; a guess saves most of the growing.
        nodes.reserveCapacity(min(bytes.count / 16 + 8, limits.values))
        skipSpace()
        try parseValue()
        skipSpace()
        guard position == bytes.count else { throw error("text after the value") }
        return nodes
    }

    private func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func parseValue() throws(JSONError) {
        guard nodes.count < limits.values else { throw error("more than \(limits.values) values") }
        switch current {
        case UInt8(ascii: "{"): try parseContainer(.object, closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["): try parseContainer(.array, closing: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "t"): try parseWord("true", .true)
        case UInt8(ascii: "f"): try parseWord("false", .false)
        case UInt8(ascii: "n"): try parseWord("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try parseNumber()
        case nil: throw error("the text ends where a value is expected")
        default: throw error("a value is expected")
        }
    }

    private mutating func parseContainer(_ kind: JSONKind, closing: UInt8) throws(JSONError) {
        depth += 1
        guard depth <= limits.depth else { throw error("nested deeper than \(limits.depth)") }
        let index = nodes.count
        nodes.append(Node(kind: kind, start: UInt32(position)))
        position += 1
        skipSpace()
        if current == closing {
            position += 1
        } else {
            while true {
                if kind == .object {
                    guard current == UInt8(ascii: "\"") else { throw error("a key in quotes is expected") }
                    try parseString()
                    skipSpace()
                    guard current == UInt8(ascii: ":") else { throw error("':' is expected") }
                    position += 1
                    skipSpace()
                }
                try parseValue()
                skipSpace()
                let separator = current
                guard separator == UInt8(ascii: ",") || separator == closing else {
                    throw error("',' or '\(Character(UnicodeScalar(closing)))' is expected")
                }
                position += 1
                if separator == closing { break }
                skipSpace()
            }
        }
        nodes[index].end = UInt32(position)
        nodes[index].next = UInt32(nodes.count)
        depth -= 1
    }

    private mutating func append(_ kind: JSONKind, from start: Int, to end: Int, escaped: Bool = false) {
        let next = UInt32(nodes.count + 1)
        nodes.append(
            Node(kind: kind, escaped: escaped, start: UInt32(start), end: UInt32(end), next: next))
    }

    private mutating func parseWord(_ word: StaticString, _ kind: JSONKind) throws(JSONError) {
        let start = position
        let length = word.utf8CodeUnitCount
        guard start + length <= bytes.count,
            (0..<length).allSatisfy({ bytes[start + $0] == word.utf8Start[$0] })
        else { throw error("a value is expected") }
        position += length
        append(kind, from: start, to: position)
    }

    private mutating func parseNumber() throws(JSONError) {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        append(.number, from: start, to: position)
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw error("a digit is expected") }
    }

    private mutating func parseString() throws(JSONError) {
        position += 1
        let start = position
        var escaped = false
        while true {
            guard let byte = current else { throw error("the string does not end") }
            switch byte {
            case UInt8(ascii: "\""):
                append(.string, from: start, to: position, escaped: escaped)
                position += 1
                return
            case UInt8(ascii: "\\"):
                escaped = true
                try skipEscape()
            case 0..<0x20: throw error("a control character in a string")
            case 0x20..<0x80: position += 1
            default: try skipSequence()
            }
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard let byte = current, hexDigit(byte) != nil else { throw error("bad \\u escape") }
                position += 1
            }
        default: throw error("unknown escape")
        }
    }

    /// Steps over one multi-byte UTF-8 sequence (RFC 3629: shortest form, no surrogates).
    private mutating func skipSequence() throws(JSONError) {
        let lead = bytes[position]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE, 0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw error("not UTF-8")
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]),
            (2..<length).allSatisfy({ bytes[position + $0] & 0xC0 == 0x80 })
        else { throw error("not UTF-8") }
        position += length
    }
}

/// The value of a hexadecimal digit.
func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
