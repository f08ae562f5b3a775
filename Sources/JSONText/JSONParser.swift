/// One pass over a JSON text that notes where each value lies. Strict RFC 8259, UTF-8 included.
///
/// The text's loops walk a pointer: this runs for each admission review and each answer of Keeper.
package struct JSONParser {
    private let base: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var position: UnsafePointer<UInt8>
    private let limits: JSONLimits
    private var depth = 0
    private var nodes: [JSONNode] = []

    /// - Returns: the nodes in the order of the text; an object's are key, value, key, value, …
    /// - Throws: `JSONError` with the byte offset of the first mistake.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits
    ) throws(JSONError) -> [JSONNode] {
        guard bytes.count < UInt32.max else { throw JSONError(reason: "the text is over 4 GiB", offset: 0) }
        guard let start = bytes.baseAddress else {
            throw JSONError(reason: "the text ends where a value is expected", offset: 0)
        }
        var parser = JSONParser(
            start: start.assumingMemoryBound(to: UInt8.self), count: bytes.count, limits: limits)
        try parser.parseText()
        return parser.nodes
    }

    private init(start: UnsafePointer<UInt8>, count: Int, limits: JSONLimits) {
        base = start
        position = start
        end = start + count
        self.limits = limits
        // A value takes some 16 bytes of text; a guess saves most of the growing.
        nodes.reserveCapacity(min(count / 16 + 8, limits.values))
    }

    private mutating func parseText() throws(JSONError) {
        skipSpace()
        try parseValue()
        skipSpace()
        guard position == end else { throw error("text after the value") }
    }

    private func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position - base) }

    /// The byte here; 0, which no JSON text holds outside of mistakes, at the end.
    @inline(__always) private var current: UInt8 { position < end ? position.pointee : 0 }

    @inline(__always) private mutating func skipSpace() {
        while position < end {
            let byte = position.pointee
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private mutating func parseValue() throws(JSONError) {
        guard nodes.count < limits.values else { throw error("more than \(limits.values) values") }
        switch current {
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "{"): try parseContainer(.object, closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["): try parseContainer(.array, closing: UInt8(ascii: "]"))
        case UInt8(ascii: "t"): try parseWord("true", .true)
        case UInt8(ascii: "f"): try parseWord("false", .false)
        case UInt8(ascii: "n"): try parseWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
        default:
            throw error(position == end ? "the text ends where a value is expected" : "a value is expected")
        }
    }

    private mutating func parseContainer(_ kind: JSONKind, closing: UInt8) throws(JSONError) {
        depth += 1
        guard depth <= limits.depth else { throw error("nested deeper than \(limits.depth)") }
        let index = nodes.count
        nodes.append(JSONNode(kind: kind, start: UInt32(position - base)))
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
        nodes[index].end = UInt32(position - base)
        nodes[index].next = UInt32(nodes.count)
        depth -= 1
    }

    @inline(__always)
    private mutating func append(_ kind: JSONKind, from start: UnsafePointer<UInt8>, escaped: Bool = false) {
        nodes.append(
            JSONNode(
                kind: kind, escaped: escaped, start: UInt32(start - base), end: UInt32(position - base),
                next: UInt32(nodes.count + 1)))
    }

    private mutating func parseWord(_ word: StaticString, _ kind: JSONKind) throws(JSONError) {
        let start = position
        let length = word.utf8CodeUnitCount
        guard end - position >= length else { throw error("a value is expected") }
        for offset in 0..<length where position[offset] != word.utf8Start[offset] {
            throw error("a value is expected")
        }
        position += length
        append(kind, from: start)
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
        append(.number, from: start)
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while case UInt8(ascii: "0")...UInt8(ascii: "9") = current { position += 1 }
        guard position > start else { throw error("a digit is expected") }
    }

    private mutating func parseString() throws(JSONError) {
        position += 1
        let start = position
        var escaped = false
        while position < end {
            position += plainLength(position, end)
            guard position < end else { break }
            let byte = position.pointee
            if byte == UInt8(ascii: "\"") {
                append(.string, from: start, escaped: escaped)
                position += 1
                return
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
                try skipEscape()
            } else if byte < 0x20 {
                throw error("a control character in a string")
            } else {
                let length = utf8Length(position, end)
                guard length > 0 else { throw error("not UTF-8") }
                position += length
            }
        }
        throw error("the string does not end")
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
                guard hexDigit(current) != nil else { throw error("bad \\u escape") }
                position += 1
            }
        default: throw error("unknown escape")
        }
    }
}
