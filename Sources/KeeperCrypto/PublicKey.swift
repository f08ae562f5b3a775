import COpenSSL
package import SecretMemory

/// A P-256 public key: seals what only the owner of the private key can open, checks signatures.
///
///     let server = try PublicKey(point: point)
///     let sealed = try server.encryptECIES(transmissionKey)
package final class PublicKey: @unchecked Sendable {
    // Sendable, since nothing changes the key after `init`: OpenSSL may read one EVP_PKEY in many
    // threads at once (EVP_PKEY counts its references atomically, openssl-threads(7)).
    let key: OpaquePointer

    /// The uncompressed form, 65 bytes.
    package let point: [UInt8]

    static let pointSize = 65

    /// - Parameter point: the uncompressed form, 65 bytes from 0x04.
    /// - Throws: `malformedKey`, `notOnCurve`.
    package init(point: [UInt8]) throws(CryptoError) {
        guard point.count == PublicKey.pointSize, point[0] == 4 else { throw .malformedKey }
        key = try PublicKey.importPoint(point)
        self.point = point
    }

    deinit { EVP_PKEY_free(key) }

    /// ECIES as Keeper does it (KSM-PROTOCOL, section 2): GCM under SHA-256 of the ECDH secret.
    /// - Returns: ephemeral point ‖ nonce ‖ ciphertext ‖ tag.
    package func encryptECIES(_ plain: SecretBytes) throws(CryptoError) -> [UInt8] {
        let ephemeral = try PrivateKey.generate()
        let wrapping = try sha256(ephemeral.sharedSecret(with: self))
        return try ephemeral.publicKey.point + AES.sealGCM(plain, key: wrapping)
    }

    /// Whether `signature` is a DER ECDSA-SHA256 signature over `message` by the private key.
    package func verify(signature: [UInt8], over message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }

    private static func importPoint(_ point: [UInt8]) throws(CryptoError) -> OpaquePointer {
        let key = try emptyKey()
        guard EVP_PKEY_set1_encoded_public_key(key, point, point.count) == 1, check(key) else {
            EVP_PKEY_free(key)
            ERR_clear_error()
            throw .notOnCurve
        }
        return key
    }

    /// A key that has its curve and no point yet.
    private static func emptyKey() throws(CryptoError) -> OpaquePointer {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else {
            throw .failed("EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_paramgen_init(context) == 1,
            EVP_PKEY_CTX_set_group_name(context, PrivateKey.curve) == 1,
            EVP_PKEY_paramgen(context, &key) == 1, let key
        else { throw .failed("EVP_PKEY_paramgen") }
        return key
    }

    private static func check(_ key: OpaquePointer) -> Bool {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        let valid = EVP_PKEY_public_check(context) == 1
        if !valid { ERR_clear_error() }
        return valid
    }
}
