import Glibc

/// Files that hold secrets, read without a copy in ordinary memory.
package enum SecretFile {
    /// The bytes of a file. The corresponding C functions are `open` and `read`.
    ///
    /// - Parameter limit: bytes at most.
    package static func read(_ path: String, limit: Int) throws(SecretFileError) -> SecretBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SecretFileError(code: errno) }
        defer { close(descriptor) }
        // Piece by piece: a block of the allowed size would be locked memory for nothing.
        var text = SecretBuffer(capacity: 4096)
        while text.count <= limit {
            let piece = try SecretBytes(capacity: 4096) { buffer throws(SecretFileError) in
                while true {
                    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                    if count >= 0 { return count }
                    guard errno == EINTR else { throw SecretFileError(code: errno) }
                }
            }
            if piece.count == 0 { return text.finish() }
            text.append(piece)
        }
        throw SecretFileError(code: EFBIG)
    }
}

/// Why a file of secrets could not be read.
package struct SecretFileError: Error {
    /// `errno`; `EFBIG` where the file is larger than was allowed.
    package let code: Int32
}
