import COpenSSL
package import SecretMemory

/// AES-256 as Keeper uses it (KSM-PROTOCOL, notation): GCM for nearly all, CBC for folders.
///
///     let sealed = try AES.sealGCM(plain, key: key)     // nonce ‖ ciphertext ‖ tag
///     let plain = try AES.openGCM(sealed, key: key)
package enum AES {
    static let keySize = 32
    static let gcmNonceSize = 12
    static let tagSize = 16
    static let blockSize = 16

    /// - Parameter nonce: 12 bytes; only vectors of tests give it, otherwise it is random.
    /// - Returns: nonce ‖ ciphertext ‖ 16-byte tag, without associated data.
    package static func sealGCM(
        _ plain: UnsafeRawBufferPointer, key: SecretBytes, nonce: [UInt8]? = nil
    ) throws(CryptoError) -> [UInt8] {
        let nonce = if let nonce { nonce } else { try randomNonce(gcmNonceSize) }
        guard nonce.count == gcmNonceSize else { throw .wrongNonceSize(nonce.count) }
        let context = try CipherContext(EVP_aes_256_gcm(), key: key, nonce: nonce, sealing: true)
        var sealed = [UInt8](repeating: 0, count: gcmNonceSize + plain.count + tagSize)
        sealed.replaceSubrange(..<gcmNonceSize, with: nonce)
        try sealed.withMutableBytes { target throws(CryptoError) in
            let body = UnsafeMutableRawBufferPointer(rebasing: target[gcmNonceSize...])
            let written = try context.update(plain, into: body)
            _ = try context.finish(into: UnsafeMutableRawBufferPointer(rebasing: body[written...]))
            try context.readTag(into: UnsafeMutableRawBufferPointer(rebasing: body[plain.count...]))
        }
        return sealed
    }

    package static func sealGCM(
        _ plain: SecretBytes, key: SecretBytes, nonce: [UInt8]? = nil
    ) throws(CryptoError) -> [UInt8] {
        try plain.withUnsafeBytes { plain throws(CryptoError) in
            try sealGCM(plain, key: key, nonce: nonce)
        }
    }

    /// - Parameter sealed: nonce ‖ ciphertext ‖ tag.
    /// - Throws: `tooShort`, `wrongTag`, `wrongKeySize`. What was decrypted before the tag failed is
    ///   wiped.
    package static func openGCM(
        _ sealed: UnsafeRawBufferPointer, key: SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        guard sealed.count >= gcmNonceSize + tagSize else { throw .tooShort }
        let nonce = Array(sealed[..<gcmNonceSize])
        let tagStart = sealed.count - tagSize
        let context = try CipherContext(EVP_aes_256_gcm(), key: key, nonce: nonce, sealing: false)
        try context.expectTag(Array(sealed[tagStart...]))
        let ciphertext = UnsafeRawBufferPointer(rebasing: sealed[gcmNonceSize..<tagStart])
        return try SecretBytes(capacity: ciphertext.count) { target throws(CryptoError) in
            let written = try context.update(ciphertext, into: target)
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[written...])
            guard let last = try? context.finish(into: rest) else { throw .wrongTag }
            return written + last
        }
    }

    package static func openGCM(_ sealed: [UInt8], key: SecretBytes) throws(CryptoError) -> SecretBytes {
        try sealed.withBytes { sealed throws(CryptoError) in try openGCM(sealed, key: key) }
    }

    /// For what is itself kept in secret memory: a key that arrived wrapped, decoded from base64.
    package static func openGCM(_ sealed: SecretBytes, key: SecretBytes) throws(CryptoError) -> SecretBytes {
        try sealed.withUnsafeBytes { sealed throws(CryptoError) in try openGCM(sealed, key: key) }
    }
}
