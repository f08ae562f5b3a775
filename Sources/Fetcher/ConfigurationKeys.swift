import KeeperCrypto
import SecretMemory

/// The keys of a configuration's JSON object, each read with its own errors.
struct ConfigurationKeys {
    let root: JSONValue

    /// Whether a key is missing, null or empty: Keeper's clients write all three.
    func isAbsent(_ key: String) -> Bool {
        guard let value = root[key], !value.isNull else { return true }
        return value.kind == .string && value.withText { $0.isEmpty }
    }

    /// A key that is no secret.
    func text(_ key: String) throws(ConfigurationError) -> String {
        guard !isAbsent(key), let value = root[key] else { throw .missing(key: key) }
        guard let text = value.string else { throw .notText(key: key) }
        return text
    }

    /// A key in base64.
    func bytes(_ key: String) throws(ConfigurationError) -> SecretBytes {
        guard !isAbsent(key), let value = root[key] else { throw .missing(key: key) }
        guard let text = value.secretString else { throw .notText(key: key) }
        guard let bytes = text.withUnsafeBytes({ Base64.decode($0) }) else { throw .notBase64(key: key) }
        return bytes
    }

    func privateKey() throws(ConfigurationError) -> PrivateKey {
        let der = try bytes("privateKey")
        do throws(CryptoError) {
            return try PrivateKey(der: der)
        } catch {
            throw .badKey(key: "privateKey", reason: error)
        }
    }

    func serverKey() throws(ConfigurationError) -> (id: String, key: PublicKey?) {
        let id = try serverKeyID()
        guard isAbsent("serverPublicKey") else {
            let point = try bytes("serverPublicKey").withUnsafeBytes { Array($0) }
            return (id, try ConfigurationKeys.serverKey(point: point))
        }
        guard ServerKeys.key(id: id) != nil else { throw .unknownServerKey(id: id) }
        return (id, nil)
    }

    static func serverKey(point: [UInt8]) throws(ConfigurationError) -> PublicKey {
        do throws(CryptoError) {
            return try PublicKey(point: point)
        } catch {
            throw .badKey(key: "serverPublicKey", reason: error)
        }
    }

    private func serverKeyID() throws(ConfigurationError) -> String {
        guard !isAbsent("serverPublicKeyId"), let value = root["serverPublicKeyId"] else {
            return ServerKeys.defaultID
        }
        if let number = value.integer, number >= 0 { return String(number) }
        let text = try text("serverPublicKeyId")
        // It is sent in a header.
        guard text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .malformedServerKeyID
        }
        return text
    }
}
