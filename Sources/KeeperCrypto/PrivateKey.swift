import COpenSSL
package import SecretMemory

/// A P-256 private key: the client's own, the emulated server's, or an ephemeral one.
///
///     let key = try PrivateKey(der: der)
///     let signature = try key.sign(message)
package final class PrivateKey: @unchecked Sendable {
    // Sendable, since nothing changes the key after `init`: OpenSSL may read one EVP_PKEY in many
    // threads at once (EVP_PKEY counts its references atomically, openssl-threads(7)).
    private let key: OpaquePointer

    package let publicKey: PublicKey

    /// OpenSSL's name of P-256.
    static let curve = "prime256v1"

    /// Takes ownership of `key`.
    private init(adopting key: OpaquePointer) throws(CryptoError) {
        do throws(CryptoError) {
            publicKey = try PublicKey(point: PrivateKey.point(of: key))
        } catch {
            EVP_PKEY_free(key)
            throw error
        }
        self.key = key
    }

    /// - Parameter der: PKCS#8 DER; SEC 1 is read too.
    /// - Throws: `malformedKey`, `wrongCurve`.
    package convenience init(der: SecretBytes) throws(CryptoError) {
        let key = try der.withUnsafeBytes { bytes throws(CryptoError) -> OpaquePointer in
            var position = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            let end = position.map { $0 + bytes.count }
            guard let key = d2i_AutoPrivateKey(nil, &position, bytes.count) else {
                ERR_clear_error()
                throw .malformedKey
            }
            guard position == end else {
                EVP_PKEY_free(key)
                throw .malformedKey
            }
            return key
        }
        guard PrivateKey.group(of: key) == PrivateKey.curve else {
            EVP_PKEY_free(key)
            throw .wrongCurve
        }
        guard PrivateKey.isConsistent(key) else {
            EVP_PKEY_free(key)
            throw .malformedKey
        }
        try self.init(adopting: key)
    }

    deinit { EVP_PKEY_free(key) }

    /// A fresh key.
    package static func generate() throws(CryptoError) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else {
            throw .failed("EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, curve) == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw .failed("EVP_PKEY_generate") }
        return try PrivateKey(adopting: key)
    }

    /// The key as PKCS#8 DER, not encrypted.
    package func der() throws(CryptoError) -> SecretBytes {
        guard let info = EVP_PKEY2PKCS8(key) else { throw .failed("EVP_PKEY2PKCS8") }
        // Cleanses the key that it holds.
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        let count = i2d_PKCS8_PRIV_KEY_INFO(info, nil)
        guard count > 0 else { throw .failed("i2d_PKCS8_PRIV_KEY_INFO") }
        return try SecretBytes(capacity: Int(count)) { target throws(CryptoError) in
            var position = target.assumingMemoryBound(to: UInt8.self).baseAddress
            guard i2d_PKCS8_PRIV_KEY_INFO(info, &position) == count else {
                throw .failed("i2d_PKCS8_PRIV_KEY_INFO")
            }
            return Int(count)
        }
    }

    /// DER ECDSA-SHA256 over `message`.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .failed("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        var count = 128
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { throw .failed("EVP_DigestSign") }
        return Array(signature[..<count])
    }

    /// Opens what `PublicKey.encryptECIES` made.
    /// - Throws: `tooShort`, `malformedKey`, `notOnCurve`, `wrongTag`.
    package func decryptECIES(_ sealed: [UInt8]) throws(CryptoError) -> SecretBytes {
        guard sealed.count > PublicKey.pointSize else { throw .tooShort }
        let ephemeral = try PublicKey(point: Array(sealed[..<PublicKey.pointSize]))
        let wrapping = try sha256(sharedSecret(with: ephemeral))
        return try AES.openGCM(Array(sealed[PublicKey.pointSize...]), key: wrapping)
    }

    /// The x-coordinate of the ECDH point, 32 bytes.
    func sharedSecret(with other: PublicKey) throws(CryptoError) -> SecretBytes {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
            throw .failed("EVP_PKEY_CTX_new_from_pkey")
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, other.key) == 1 else {
            throw .failed("EVP_PKEY_derive_set_peer")
        }
        return try SecretBytes(capacity: 32) { target throws(CryptoError) in
            var count = target.count
            let out = target.assumingMemoryBound(to: UInt8.self).baseAddress
            guard EVP_PKEY_derive(context, out, &count) == 1 else { throw .failed("EVP_PKEY_derive") }
            return count
        }
    }
}

extension PrivateKey {
    private static func group(of key: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else {
            ERR_clear_error()
            return nil
        }
        return String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether the private number lies in its range and belongs to the point beside it.
    private static func isConsistent(_ key: OpaquePointer) -> Bool {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        let consistent = EVP_PKEY_check(context) == 1
        if !consistent { ERR_clear_error() }
        return consistent
    }

    private static func point(of key: OpaquePointer) throws(CryptoError) -> [UInt8] {
        // A key that was stored with a compressed point would print itself compressed.
        EVP_PKEY_set_utf8_string_param(key, "point-format", "uncompressed")
        var point = [UInt8](repeating: 0, count: 2 * PublicKey.pointSize)
        var count = 0
        guard EVP_PKEY_get_octet_string_param(key, "pub", &point, point.count, &count) == 1 else {
            throw .failed("EVP_PKEY_get_octet_string_param")
        }
        return Array(point[..<count])
    }
}
