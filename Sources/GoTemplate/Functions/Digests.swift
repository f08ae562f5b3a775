import COpenSSL
import SecretMemory

/// OpenSSL's digests and key derivations for templates, result in secret memory.
enum Digests {
    enum Algorithm { case sha1, sha256, sha512 }

    static func digest(_ parts: [Text], _ algorithm: Algorithm) throws(FunctionFailure) -> Text {
        let method =
            switch algorithm {
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            }
        guard let context = EVP_MD_CTX_new() else { throw FunctionFailure("no memory for a digest") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestInit_ex(context, method, nil) == 1 else { throw FunctionFailure("no such digest") }
        for part in parts {
            guard part.withUnsafeBytes({ EVP_DigestUpdate(context, $0.baseAddress, $0.count) }) == 1 else {
                throw FunctionFailure("the digest failed")
            }
        }
        return Text(
            try SecretBytes(capacity: 64) { (target) throws(FunctionFailure) in
                var count: UInt32 = 0
                let bytes = target.assumingMemoryBound(to: UInt8.self).baseAddress
                guard EVP_DigestFinal_ex(context, bytes, &count) == 1 else {
                    throw FunctionFailure("the digest failed")
                }
                return Int(count)
            })
    }

    static func hmacSHA256(key: Text, _ message: Text) throws(FunctionFailure) -> Text {
        Text(
            try SecretBytes(capacity: 32) { (target) throws(FunctionFailure) in
                var count = 0
                let done = key.withUnsafeBytes { key in
                    message.withUnsafeBytes { message in
                        EVP_Q_mac(
                            nil, "HMAC", nil, "SHA256", nil, key.baseAddress, key.count,
                            message.assumingMemoryBound(to: UInt8.self).baseAddress, message.count,
                            target.assumingMemoryBound(to: UInt8.self).baseAddress, target.count, &count)
                    }
                }
                guard done != nil else { throw FunctionFailure("the HMAC failed") }
                return count
            })
    }

    /// scrypt with N = 32768, r = 8, p = 2 (Master Password).
    static func scrypt(_ password: Text, salt: Text) throws(FunctionFailure) -> Text {
        Text(
            try SecretBytes(capacity: 64) { (target) throws(FunctionFailure) in
                let done = password.withUnsafeBytes { password in
                    salt.withUnsafeBytes { salt in
                        EVP_PBE_scrypt(
                            password.assumingMemoryBound(to: CChar.self).baseAddress, password.count,
                            salt.assumingMemoryBound(to: UInt8.self).baseAddress, salt.count, 32_768, 8, 2,
                            64 << 20, target.assumingMemoryBound(to: UInt8.self).baseAddress, 64)
                    }
                }
                guard done == 1 else { throw FunctionFailure("scrypt failed") }
                return 64
            })
    }
}
