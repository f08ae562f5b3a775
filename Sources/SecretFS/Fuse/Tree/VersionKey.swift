import KeeperCrypto
import SecretMemory

/// Makes inode numbers: a keyed digest of all that a version is.
///
/// So a restarted server that has the same values has the same inodes, and what the kernel holds of them
/// stays good; and a number that another version had can never come again. The key keeps the numbers,
/// which everybody sees, from telling anything about the values.
struct VersionKey: Sendable {
    static let size = 32
    let bytes: SecretBytes

    init() throws(CryptoError) { bytes = try randomBytes(VersionKey.size) }

    init(_ bytes: SecretBytes) { self.bytes = bytes }

    /// HMAC-SHA256 of a value, cut to 64 bits.
    func digest(of value: SecretBytes) throws(CryptoError) -> UInt64 {
        try value.withUnsafeBytes { digest($0) }.get()
    }

    /// Likewise of numbers and a text.
    func digest(_ text: String, _ numbers: [UInt64]) throws(CryptoError) -> UInt64 {
        var message: [UInt8] = []
        message.reserveCapacity(text.utf8.count + 1 + numbers.count * 8)
        message += text.utf8
        // No path holds a NUL, so text and numbers cannot be taken for one another.
        message.append(0)
        for number in numbers {
            withUnsafeBytes(of: number.littleEndian) { message += $0 }
        }
        return try message.withUnsafeBytes { digest($0) }.get()
    }

    /// The inode number of a version: 63 bits; 0 is none, 1 the root.
    func number(of path: String, _ version: FuseVersion) throws(CryptoError) -> UInt64 {
        max(2, try digest(path, [version.digest, UInt64(bitPattern: version.time)]) >> 1)
    }

    private func digest(_ message: UnsafeRawBufferPointer) -> Result<UInt64, CryptoError> {
        hmacSHA256(key: bytes, message: message).map { code in
            code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
