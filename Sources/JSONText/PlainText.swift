/// How many of the bytes from `start` on stand for themselves in a JSON string: ASCII, no control
/// character, no quote, no backslash. Eight bytes at a time, since most of a review is such text.
@inline(__always)
func plainLength(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var position = start
    while end - position >= 8 {
        let word = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
        let special = specialBytes(word)
        guard special == 0 else { return position - start + special.trailingZeroBitCount / 8 }
        position += 8
    }
    while position < end, isPlain(position.pointee) { position += 1 }
    return position - start
}

@inline(__always)
private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}

/// The high bit of each byte that is not plain. A borrow can mark a plain byte too, but only above one
/// that is marked rightly: the lowest mark is always right.
@inline(__always)
private func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
    let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
    let found =
        (word &- ones &* 0x20) | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | word
    return found & 0x8080_8080_8080_8080
}
