/// Builds a secret piece by piece; what it outgrows is wiped at once.
///
///     var buffer = SecretBuffer()
///     buffer.append("KEY=")
///     buffer.append(value)
///     let line = buffer.finish()
package struct SecretBuffer: ~Copyable {
    private var block: SecretHeap.Block
    package private(set) var count = 0

    package init(capacity: Int = 256) {
        block = SecretHeap.allocate(capacity)
    }

    deinit { SecretHeap.release(block) }

    package mutating func append(_ byte: UInt8) {
        reserve(1)
        block.bytes[count] = byte
        count += 1
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: block.bytes[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    package mutating func append(_ secret: SecretBytes) {
        secret.withUnsafeBytes { append($0) }
    }

    /// Appends text that is no secret: a key, a separator.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Calls `body` with what is there so far.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block.bytes)[..<count]))
    }

    /// Hands the bytes over without copying them.
    package consuming func finish() -> SecretBytes {
        let secret = SecretBytes(adopting: block, count: count)
        discard self
        return secret
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > block.capacity else { return }
        let larger = SecretHeap.allocate(max(block.capacity * 2, count + more))
        larger.bytes.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block.bytes)[..<count]))
        SecretHeap.release(block)
        block = larger
    }
}
