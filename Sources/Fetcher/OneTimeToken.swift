package import KeeperCrypto
package import SecretMemory

/// A one-time token: `REGION:TOKEN`, `HOST:TOKEN`, `IL5:TOKEN:KEYID:SERVERPUBLICKEY`, or `TOKEN` with
/// the host given beside it (KSM-PROTOCOL, section 1).
package struct OneTimeToken: Sendable {
    package let host: KeeperHost
    /// 32 bytes; unwraps the application's key in the answer to binding.
    package let key: SecretBytes
    package let serverKeyID: String
    package let serverKey: PublicKey?

    /// - Parameters:
    ///   - hostname: beats the host of the token.
    ///   - serverKeyID: beats the id of the token.
    ///   - serverKey: base64 of a point, in place of Keeper's own key; beats the key of the token.
    /// - Throws: `ConfigurationError` that does not quote the token.
    package init(
        _ text: String, hostname: String? = nil, serverKeyID: String? = nil, serverKey: String? = nil
    ) throws(ConfigurationError) {
        let parts = OneTimeToken.split(text.trimmingSpace)
        guard [1, 2, 4].contains(parts.count) else {
            throw .badToken(reason: "has \(parts.count) parts between colons")
        }
        let token = parts.count == 1 ? parts[0] : parts[1]
        guard let name = hostname ?? (parts.count > 1 ? parts[0] : nil) else {
            throw .badToken(reason: "names no region or host; give one with --hostname")
        }
        host = try KeeperHost(name)
        guard let key = Base64.decode(token) else { throw .badToken(reason: "is not base64") }
        guard key.count == 32 else { throw .badToken(reason: "has \(key.count) bytes, not 32") }
        self.key = key

        self.serverKeyID = serverKeyID ?? (parts.count == 4 ? parts[2] : ServerKeys.defaultID)
        guard !self.serverKeyID.isEmpty, self.serverKeyID.utf8.count <= 20,
            self.serverKeyID.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .malformedServerKeyID }
        if let text = serverKey ?? (parts.count == 4 ? parts[3] : nil) {
            guard let point = Base64.decode(text) else { throw .notBase64(key: "serverPublicKey") }
            self.serverKey = try ConfigurationKeys.serverKey(point: point.withUnsafeBytes { Array($0) })
        } else {
            guard ServerKeys.key(id: self.serverKeyID) != nil else {
                throw .unknownServerKey(id: self.serverKeyID)
            }
            self.serverKey = nil
        }
    }

    /// The client id that the token gives: base64 of HMAC-SHA512.
    package func clientID() throws(CryptoError) -> String {
        let code = try hmacSHA512(key: key, message: "KEEPER_SECRETS_MANAGER_CLIENT_ID")
        return Base64.encode(SecretBytes(code))
    }

    /// The parts between colons, where `HOST:PORT:TOKEN` has its port back at the host.
    private static func split(_ text: String) -> [String] {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 || parts.count == 5, let port = Int(parts[1]), port <= 65_535 else {
            return parts
        }
        return ["\(parts[0]):\(parts[1])"] + parts[2...]
    }
}
