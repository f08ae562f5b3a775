/// JSON text in the making: one buffer, no tree.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 4096) { bytes.reserveCapacity(capacity) }

    /// Appends text as it is.
    package mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func raw(_ text: UnsafeRawBufferPointer) { bytes.append(contentsOf: text) }

    /// A comma, unless it would be the first thing in its array or object.
    package mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "["), last != UInt8(ascii: "{") else { return }
        bytes.append(UInt8(ascii: ","))
    }

    package mutating func integer(_ value: some BinaryInteger) {
        var text = String(value)
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    /// A string in quotes.
    package mutating func string(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { escaped(UnsafeRawBufferPointer($0)) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string in quotes, from UTF-8.
    package mutating func string(_ text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        text.withUnsafeBytes { escaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The inside of a string, without quotes.
    package mutating func escaped(_ text: UnsafeRawBufferPointer) {
        guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let end = base + text.count
        var start = base
        var position = base
        while true {
            position += plainLength(position, end)
            // Bytes beyond ASCII stand for themselves too.
            while position < end, position.pointee >= 0x80 { position += 1 }
            guard position < end else { break }
            let byte = position.pointee
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: position - start))
            position += 1
            start = position
            appendEscape(of: byte)
        }
        bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: end - start))
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            raw("\\u00")
            bytes.append(UInt8(ascii: "0") + (byte >> 4))
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }

    /// A string in quotes: the bytes in base64 with padding (RFC 4648).
    package mutating func base64(_ source: [UInt8]) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let digits = alphabet.utf8Start
        let text = [UInt8](unsafeUninitializedCapacity: (source.count + 2) / 3 * 4 + 2) { text, count in
            text[0] = UInt8(ascii: "\"")
            var place = 1
            source.withUnsafeBufferPointer { source in
                var position = 0
                while position + 3 <= source.count {
                    let group =
                        UInt32(source[position]) << 16 | UInt32(source[position + 1]) << 8
                        | UInt32(source[position + 2])
                    text[place] = digits[Int(group >> 18)]
                    text[place + 1] = digits[Int(group >> 12 & 63)]
                    text[place + 2] = digits[Int(group >> 6 & 63)]
                    text[place + 3] = digits[Int(group & 63)]
                    position += 3
                    place += 4
                }
                guard position < source.count else { return }
                let second = position + 1 < source.count ? UInt32(source[position + 1]) : nil
                let group = UInt32(source[position]) << 16 | (second ?? 0) << 8
                text[place] = digits[Int(group >> 18)]
                text[place + 1] = digits[Int(group >> 12 & 63)]
                text[place + 2] = second == nil ? UInt8(ascii: "=") : digits[Int(group >> 6 & 63)]
                text[place + 3] = UInt8(ascii: "=")
                place += 4
            }
            text[place] = UInt8(ascii: "\"")
            count = place + 1
        }
        bytes.append(contentsOf: text)
    }
}
