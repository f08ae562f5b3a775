/// UUIDs as text.
enum UUIDText {
    static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += Quoting.hex(UInt32(byte), 2)
        }
        return text
    }

    /// The 16 bytes; `dns`, `url`, `oid` and `x500` are RFC 4122's name spaces.
    static func bytes(_ text: Text) -> [UInt8]? {
        let plain = text.upTo(45).plain.lowercased()
        if let number = ["dns": 0, "url": 1, "oid": 2, "x500": 4][plain] {
            return [
                0x6B, 0xA7, 0xB8, UInt8(0x10 + number), 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0, 0xC0, 0x4F,
                0xD4, 0x30, 0xC8,
            ]
        }
        let digits = plain.filter { $0 != "-" && $0 != "{" && $0 != "}" }
        guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        let values = digits.compactMap { $0.hexDigitValue.map { UInt8($0) } }
        return stride(from: 0, to: 32, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
