import COpenSSL
package import SecretMemory

extension AES {
    /// - Parameter iv: 16 bytes; only vectors of tests give it, otherwise it is random.
    /// - Returns: IV ‖ ciphertext with PKCS#7 padding.
    package static func sealCBC(
        _ plain: SecretBytes, key: SecretBytes, iv: [UInt8]? = nil
    ) throws(CryptoError) -> [UInt8] {
        let iv = if let iv { iv } else { try randomNonce(blockSize) }
        guard iv.count == blockSize else { throw .wrongNonceSize(iv.count) }
        let context = try CipherContext(EVP_aes_256_cbc(), key: key, nonce: iv, sealing: true)
        let padded = (plain.count / blockSize + 1) * blockSize
        var sealed = iv + [UInt8](repeating: 0, count: padded)
        try sealed.withMutableBytes { target throws(CryptoError) in
            let body = UnsafeMutableRawBufferPointer(rebasing: target[blockSize...])
            let written = try plain.withUnsafeBytes { plain throws(CryptoError) in
                try context.update(plain, into: body)
            }
            _ = try context.finish(into: UnsafeMutableRawBufferPointer(rebasing: body[written...]))
        }
        return sealed
    }

    /// - Parameter sealed: IV ‖ ciphertext.
    /// - Throws: `tooShort`, `badPadding`, `wrongKeySize`.
    package static func openCBC(
        _ sealed: UnsafeRawBufferPointer, key: SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        guard sealed.count >= 2 * blockSize else { throw .tooShort }
        guard sealed.count.isMultiple(of: blockSize) else { throw .badPadding }
        let iv = Array(sealed[..<blockSize])
        let context = try CipherContext(EVP_aes_256_cbc(), key: key, nonce: iv, sealing: false)
        let ciphertext = UnsafeRawBufferPointer(rebasing: sealed[blockSize...])
        // EVP_DecryptUpdate may write one block more than it was given.
        return try SecretBytes(capacity: ciphertext.count + blockSize) { target throws(CryptoError) in
            let written = try context.update(ciphertext, into: target)
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[written...])
            guard let last = try? context.finish(into: rest) else { throw .badPadding }
            return written + last
        }
    }

    package static func openCBC(_ sealed: [UInt8], key: SecretBytes) throws(CryptoError) -> SecretBytes {
        try sealed.withBytes { sealed throws(CryptoError) in try openCBC(sealed, key: key) }
    }

    /// For what is itself kept in secret memory: a key that arrived wrapped, decoded from base64.
    package static func openCBC(_ sealed: SecretBytes, key: SecretBytes) throws(CryptoError) -> SecretBytes {
        try sealed.withUnsafeBytes { sealed throws(CryptoError) in try openCBC(sealed, key: key) }
    }
}
