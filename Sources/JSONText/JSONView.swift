/// A value in a borrowed JSON text: reading copies nothing that is not asked for.
///
/// Valid only as long as the text and the nodes it was made of.
package struct JSONView {
    private let text: UnsafeRawBufferPointer
    private let nodes: UnsafeBufferPointer<JSONNode>
    private let index: Int

    /// Lends the view of a text's one value.
    /// - Parameter nodes: what `JSONParser` found in `text`.
    package static func with<R, E: Error>(
        _ nodes: [JSONNode], of text: UnsafeRawBufferPointer, _ body: (JSONView) throws(E) -> R
    ) throws(E) -> R {
        precondition(!nodes.isEmpty && text.baseAddress != nil, "a parsed text has a value")
        return try nodes.withUnsafeBufferPointer { buffer throws(E) in
            try body(JSONView(text: text, nodes: buffer))
        }
    }

    private init(text: UnsafeRawBufferPointer, nodes: UnsafeBufferPointer<JSONNode>) {
        self.text = text
        self.nodes = nodes
        index = 0
    }

    private init(text: UnsafeRawBufferPointer, nodes: UnsafeBufferPointer<JSONNode>, index: Int) {
        self.text = text
        self.nodes = nodes
        self.index = index
    }

    package var kind: JSONKind { nodes[index].kind }

    /// The value as it is written; a string without its quotes.
    package var source: UnsafeRawBufferPointer {
        let node = nodes[index]
        return UnsafeRawBufferPointer(rebasing: text[Int(node.start)..<Int(node.end)])
    }

    /// A string's value; `nil` for other kinds.
    package var string: String? {
        guard kind == .string else { return nil }
        return nodes[index].escaped
            ? String(decoding: unescaped(source), as: UTF8.self) : String(decoding: source, as: UTF8.self)
    }

    /// A whole number without fraction and exponent that fits; `nil` for all others.
    package var integer: Int64? {
        guard kind == .number else { return nil }
        var value: Int64 = 0
        var digits = source[...]
        let negative = digits.first == UInt8(ascii: "-")
        if negative { digits = digits.dropFirst() }
        for byte in digits {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = byte else { return nil }
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, over) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !high, !over else { return nil }
            value = sum
        }
        return negative ? -value : value
    }

    /// Whether it is this string.
    package func isString(_ other: StaticString) -> Bool {
        let node = nodes[index]
        guard node.kind == .string else { return false }
        if node.escaped { return unescaped(source).elementsEqual(bytes(of: other)) }
        return source.count == other.utf8CodeUnitCount && source.elementsEqual(bytes(of: other))
    }

    /// Whether it is a string that begins so.
    package func hasPrefix(_ prefix: StaticString) -> Bool {
        let node = nodes[index]
        guard node.kind == .string else { return false }
        if node.escaped { return unescaped(source).starts(with: bytes(of: prefix)) }
        return source.starts(with: bytes(of: prefix))
    }

    private func bytes(of text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// Calls `body` with each element of an array, or each key and value of an object in turn; not at
    /// all for other kinds.
    package func forEach<E: Error>(_ body: (JSONView) throws(E) -> Void) throws(E) {
        guard kind == .array || kind == .object else { return }
        let end = Int(nodes[index].next)
        var child = index + 1
        while child < end {
            try body(JSONView(text: text, nodes: nodes, index: child))
            child = Int(nodes[child].next)
        }
    }

    /// Calls `body` with each key and value of an object; not at all for other kinds.
    package func forEachMember<E: Error>(_ body: (JSONView, JSONView) throws(E) -> Void) throws(E) {
        guard kind == .object else { return }
        let end = Int(nodes[index].next)
        var child = index + 1
        while child < end {
            try body(
                JSONView(text: text, nodes: nodes, index: child),
                JSONView(text: text, nodes: nodes, index: child + 1))
            child = Int(nodes[child + 1].next)
        }
    }

    /// The value of a key, and whether the key occurs more than once; `nil` where it does not occur.
    package func member(_ key: StaticString) -> (value: JSONView, repeated: Bool)? {
        guard kind == .object else { return nil }
        let end = Int(nodes[index].next)
        var found: JSONView?
        var child = index + 1
        while child < end {
            let value = child + 1
            if JSONView(text: text, nodes: nodes, index: child).isString(key) {
                if let found { return (found, true) }
                found = JSONView(text: text, nodes: nodes, index: value)
            }
            child = Int(nodes[value].next)
        }
        return found.map { ($0, false) }
    }
}

/// The bytes that a string's text stands for. A lone surrogate becomes U+FFFD, as in the API server.
private func unescaped(_ source: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var position = 0
    func unit(at start: Int) -> UInt32 {
        guard start + 4 <= source.count else { return 0xFFFD }
        return source[start..<start + 4].reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
    }
    while position < source.count {
        let byte = source[position]
        position += 1
        guard byte == UInt8(ascii: "\\"), position < source.count else {
            result.append(byte)
            continue
        }
        let escape = source[position]
        position += 1
        switch escape {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = unit(at: position)
            position += 4
            if 0xD800..<0xDC00 ~= scalar, position + 6 <= source.count,
                source[position] == UInt8(ascii: "\\"),
                source[position + 1] == UInt8(ascii: "u"), 0xDC00..<0xE000 ~= unit(at: position + 2)
            {
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(at: position + 2) - 0xDC00)
                position += 6
            }
            result.append(contentsOf: Array(String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8))
        default: result.append(escape)
        }
    }
    return result
}
