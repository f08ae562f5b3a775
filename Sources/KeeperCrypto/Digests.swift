import COpenSSL
package import SecretMemory

/// SHA-256 of secret bytes, in secret memory: it becomes a key.
package func sha256(_ bytes: SecretBytes) throws(CryptoError) -> SecretBytes {
    try bytes.withUnsafeBytes { bytes throws(CryptoError) in
        try SecretBytes(capacity: 32) { target throws(CryptoError) in
            var count: UInt32 = 0
            let result = EVP_Digest(
                bytes.baseAddress, bytes.count, target.assumingMemoryBound(to: UInt8.self).baseAddress,
                &count, EVP_sha256(), nil)
            guard result == 1 else { throw .failed("EVP_Digest") }
            return Int(count)
        }
    }
}

/// SHA-256 of text that is no secret.
package func sha256(of text: String) throws(CryptoError) -> [UInt8] {
    try sha256(SecretBytes(text.utf8)).withUnsafeBytes { Array($0) }
}

/// HMAC-SHA512: of the one-time token it gives the client id, which is no secret.
package func hmacSHA512(key: SecretBytes, message: String) throws(CryptoError) -> [UInt8] {
    try Array(message.utf8).withUnsafeBytes { hmac("SHA512", size: 64, key: key, message: $0) }.get()
}

/// HMAC-SHA256 of bytes that may be secret; the code is not.
package func hmacSHA256(
    key: SecretBytes, message: UnsafeRawBufferPointer
) -> Result<[UInt8], CryptoError> {
    hmac("SHA256", size: 32, key: key, message: message)
}

private func hmac(
    _ digest: String, size: Int, key: SecretBytes, message: UnsafeRawBufferPointer
) -> Result<[UInt8], CryptoError> {
    var code = [UInt8](repeating: 0, count: size)
    var count = 0
    // EVP_Q_mac takes a missing message for "tell the size": an empty one needs an address too.
    var nothing: UInt8 = 0
    let done = key.withUnsafeBytes { key in
        withUnsafePointer(to: &nothing) { nothing in
            EVP_Q_mac(
                nil, "HMAC", nil, digest, nil, key.baseAddress, key.count,
                message.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing, message.count, &code,
                code.count, &count)
        }
    }
    guard done != nil, count == code.count else { return .failure(.failed("EVP_Q_mac")) }
    return .success(code)
}

/// Fresh random bytes for a key (RAND_priv_bytes(3)).
package func randomBytes(_ count: Int) throws(CryptoError) -> SecretBytes {
    try SecretBytes(capacity: count) { target throws(CryptoError) in
        let bytes = target.assumingMemoryBound(to: UInt8.self).baseAddress
        guard let size = Int32(exactly: count), RAND_priv_bytes(bytes, size) == 1 else {
            throw .failed("RAND_priv_bytes")
        }
        return count
    }
}

/// Fresh random bytes that everybody may see (RAND_bytes(3)).
package func randomNonce(_ count: Int) throws(CryptoError) -> [UInt8] {
    var nonce = [UInt8](repeating: 0, count: count)
    guard let size = Int32(exactly: count), RAND_bytes(&nonce, size) == 1 else {
        throw .failed("RAND_bytes")
    }
    return nonce
}
