/// Base64 and base32 of RFC 4648 with padding, as Go's `StdEncoding` reads and writes them.
struct Base {
    private let alphabet: [UInt8]
    private let values: [UInt8]
    private let bits: Int
    /// Characters of a whole group.
    private let group: Int

    static let base64 = Base(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", bits: 6, group: 4)
    static let base32 = Base("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, group: 8)

    private init(_ alphabet: String, bits: Int, group: Int) {
        self.alphabet = Array(alphabet.utf8)
        self.bits = bits
        self.group = group
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.utf8.enumerated() { values[Int(letter)] = UInt8(value) }
        self.values = values
    }

    static func encode(_ text: Text, _ base: Base, _ builder: inout TextBuilder) {
        var pending: UInt32 = 0
        var count = 0
        var written = 0
        for byte in text {
            pending = pending << 8 | UInt32(byte)
            count += 8
            while count >= base.bits {
                count -= base.bits
                builder.append(base.alphabet[Int(pending >> UInt32(count)) & (base.alphabet.count - 1)])
                written += 1
            }
            pending &= (1 << UInt32(count)) - 1
        }
        if count > 0 {
            builder.append(
                base.alphabet[Int(pending << UInt32(base.bits - count)) & (base.alphabet.count - 1)])
            written += 1
        }
        while written % base.group != 0 {
            builder.append(UInt8(ascii: "="))
            written += 1
        }
    }

    /// - Returns: where the text is wrong, as Go counts it; `nil` where it is well.
    func decode(_ text: Text, _ builder: inout TextBuilder) -> Int? {
        var pending: UInt32 = 0
        var count = 0
        var inGroup = 0
        var index = 0
        // Line breaks are skipped.
        func isBreak(_ index: Int) -> Bool { text[index] == 10 || text[index] == 13 }
        while index < text.count {
            if isBreak(index) {
                index += 1
                continue
            }
            if text[index] == UInt8(ascii: "=") { return finish(text, index, inGroup) }
            let value = values[Int(text[index])]
            guard value != 255 else { return index }
            pending = pending << UInt32(bits) | UInt32(value)
            count += bits
            if count >= 8 {
                count -= 8
                builder.append(UInt8(pending >> UInt32(count) & 255))
                pending &= (1 << UInt32(count)) - 1
            }
            inGroup = (inGroup + 1) % group
            index += 1
        }
        return inGroup == 0 ? nil : group == 4 ? index - inGroup : index - inGroup
    }

    /// The padding, after which nothing may follow.
    private func finish(_ text: Text, _ start: Int, _ inGroup: Int) -> Int? {
        let allowed = group == 4 ? [2, 3] : [2, 4, 5, 7]
        guard allowed.contains(inGroup) else { return start }
        var index = start
        var missing = group - inGroup
        while index < text.count {
            if text[index] == UInt8(ascii: "="), missing > 0 {
                missing -= 1
            } else if text[index] != 10, text[index] != 13 {
                return index
            }
            index += 1
        }
        return missing == 0 ? nil : text.count
    }
}
