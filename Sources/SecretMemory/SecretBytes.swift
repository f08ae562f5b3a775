import Glibc

/// The bytes of a secret, in locked memory that is wiped when the last owner lets go.
///
/// It prints nothing but its size, cannot be encoded, and is handed on by reference, so a value is
/// never copied by accident:
///
///     let password = SecretBytes("p@ss".utf8)
///     password.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
package final class SecretBytes: @unchecked Sendable {
    // Sendable, since the block is written in `init` alone and read-only from then on until `deinit`,
    // which runs when nobody else holds a reference.
    private let block: SecretHeap.Block

    /// Number of bytes.
    package let count: Int

    init(adopting block: SecretHeap.Block, count: Int) {
        self.block = block
        self.count = count
    }

    /// Makes room for `capacity` bytes and lets `initialize` fill it.
    ///
    /// - Parameter initialize: writes from the start and returns how many bytes it wrote.
    package init<Failure: Error>(
        capacity: Int,
        initializingWith initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        let block = SecretHeap.allocate(capacity)
        do throws(Failure) {
            count = try initialize(UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<capacity]))
        } catch {
            SecretHeap.release(block)
            throw error
        }
        precondition(count <= capacity)
        self.block = block
    }

    /// A copy of `bytes`; the caller's copy is the caller's to wipe.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(capacity: bytes.count) { target in
            target.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// A copy of a collection of bytes, for values that are not secret or come from a C string.
    package convenience init(_ bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count) { target in
            target.copyBytes(from: bytes)
            return bytes.count
        }
    }

    deinit { SecretHeap.release(block) }

    /// Calls `body` with the bytes; the pointer is valid during the call only.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block.bytes)[..<count]))
    }

    /// Whether both hold the same bytes, in a time that depends on the size alone.
    package func hasSameBytes(as other: SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { mine in
            other.withUnsafeBytes { theirs in
                var difference: UInt8 = 0
                for index in 0..<mine.count { difference |= mine[index] ^ theirs[index] }
                return difference == 0
            }
        }
    }

    /// Bytes of secret memory that the kernel refused to lock (mlock(2), RLIMIT_MEMLOCK); 0 is well.
    package static var unlockedBytes: Int { SecretHeap.unlockedBytes }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "SecretBytes(\(count) bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
