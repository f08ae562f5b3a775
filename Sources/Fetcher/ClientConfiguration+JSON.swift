package import KeeperCrypto
package import SecretMemory

extension ClientConfiguration {
    /// The configuration as JSON that every Keeper client reads, with a final line break.
    package func json() throws(CryptoError) -> SecretBytes {
        let der = try identity.privateKey.der()
        var buffer = SecretBuffer(capacity: 1024)
        buffer.append("{\n  \"appKey\": \"")
        buffer.appendBase64(appKey)
        if let appOwnerPublicKey {
            buffer.append("\",\n  \"appOwnerPublicKey\": ")
            buffer.appendJSONString(appOwnerPublicKey)
            buffer.append(",\n  \"clientId\": ")
        } else {
            buffer.append("\",\n  \"clientId\": ")
        }
        buffer.appendJSONString(identity.clientID)
        buffer.append(",\n  \"hostname\": ")
        buffer.appendJSONString(identity.host.description)
        buffer.append(",\n  \"privateKey\": \"")
        buffer.appendBase64(der)
        if let key = identity.serverKey {
            buffer.append("\",\n  \"serverPublicKey\": \"")
            buffer.append(Base64.encode(SecretBytes(key.point), alphabet: .urlSafe))
        }
        buffer.append("\",\n  \"serverPublicKeyId\": ")
        buffer.appendJSONString(identity.serverKeyID)
        buffer.append("\n}\n")
        return buffer.finish()
    }
}

extension SecretBuffer {
    /// Appends standard base64 without a detour over a `String`.
    fileprivate mutating func appendBase64(_ secret: SecretBytes) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        secret.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let used = min(3, bytes.count - start)
                let group = (0..<3).reduce(UInt32(0)) {
                    $0 << 8 | ($1 < used ? UInt32(bytes[start + $1]) : 0)
                }
                for place in 0..<4 {
                    append(place <= used ? digits[Int(group >> UInt32(18 - 6 * place) & 63)] : 0x3D)
                }
            }
        }
    }
}
