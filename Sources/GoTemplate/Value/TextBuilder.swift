import SecretMemory

/// Builds a `Text` up to a limit; what would go beyond is left out and remembered, so that no function
/// of a template can ask for memory without end.
struct TextBuilder: ~Copyable {
    private var buffer: SecretBuffer
    private let limit: Int
    private(set) var overflowed = false

    init(limit: Int) {
        self.limit = limit
        buffer = SecretBuffer(capacity: 32)
    }

    var count: Int { buffer.count }

    mutating func append(_ byte: UInt8) {
        guard !overflowed, buffer.count < limit else { return overflowed = true }
        buffer.append(byte)
    }

    mutating func append(_ text: Text) {
        guard !overflowed, buffer.count + text.count <= limit else { return overflowed = true }
        text.withUnsafeBytes { buffer.append($0) }
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        guard !overflowed, buffer.count + bytes.count <= limit else { return overflowed = true }
        for byte in bytes { buffer.append(byte) }
    }

    mutating func append(_ text: String) {
        guard !overflowed, buffer.count + text.utf8.count <= limit else { return overflowed = true }
        buffer.append(text)
    }

    mutating func append(_ scalar: UnicodeScalar) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte) }
    }

    mutating func append(_ byte: UInt8, times: Int) {
        guard times > 0 else { return }
        guard !overflowed, buffer.count + times <= limit else { return overflowed = true }
        for _ in 0..<times { buffer.append(byte) }
    }

    consuming func finish() -> SecretBytes { buffer.finish() }
}
