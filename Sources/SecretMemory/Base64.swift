/// Base64 that accepts both alphabets, with and without padding, as Keeper's clients mix them.
package enum Base64 {
    /// - Returns: `nil` when a character is foreign or the length impossible. White space around the
    ///   text is not skipped.
    package static func decode(_ text: UnsafeRawBufferPointer) -> SecretBytes? {
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        guard end % 4 != 1 else { return nil }
        do {
            return try SecretBytes(capacity: end * 3 / 4 + 3) { target throws(Malformed) in
                var written = 0
                var bits: UInt32 = 0
                var bitCount = 0
                for index in 0..<end {
                    guard let value = value(of: text[index]) else { throw Malformed() }
                    bits = (bits << 6 | value) & 0xFFFF
                    bitCount += 6
                    if bitCount >= 8 {
                        bitCount -= 8
                        target[written] = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
                        written += 1
                    }
                }
                return written
            }
        } catch {
            return nil
        }
    }

    package static func decode(_ text: String) -> SecretBytes? {
        var text = text
        return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
    }

    /// The alphabet to write; reading takes both.
    package enum Alphabet: Sendable {
        /// RFC 4648, section 4, padded.
        case standard
        /// RFC 4648, section 5, without padding.
        case urlSafe
    }

    /// Only for what is no secret, or is about to be handed out: the text is in ordinary memory.
    package static func encode(_ bytes: UnsafeRawBufferPointer, alphabet: Alphabet = .standard) -> String {
        let digits = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(alphabet == .standard ? "+/" : "-_")"
                .utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).reduce(UInt32(0)) {
                $0 << 8 | (start + $1 < bytes.count ? UInt32(bytes[start + $1]) : 0)
            }
            let used = min(3, bytes.count - start) + 1
            for place in 0..<4 {
                if place < used {
                    text.append(digits[Int(group >> UInt32(18 - 6 * place) & 63)])
                } else if alphabet == .standard {
                    text.append(UInt8(ascii: "="))
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func encode(_ bytes: SecretBytes, alphabet: Alphabet = .standard) -> String {
        bytes.withUnsafeBytes { encode($0, alphabet: alphabet) }
    }

    private struct Malformed: Error {}

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
