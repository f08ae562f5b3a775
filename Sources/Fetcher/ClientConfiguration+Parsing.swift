import KeeperCrypto
import Plan
package import SecretMemory

extension ClientConfiguration {
    /// Reads a configuration as Keeper hands it out (KSM-PROTOCOL, section 1): JSON, or base64 of it in
    /// either alphabet, with or without padding, white space and line breaks.
    ///
    /// - Throws: `ConfigurationError` that names the key. No error quotes a key's value.
    package init(parsing text: SecretBytes) throws(ConfigurationError) {
        let root = try ClientConfiguration.document(in: text).root
        guard root.kind == .object else { throw .notAnObject }
        let keys = ConfigurationKeys(root: root)
        if root["clientKey"] != nil, keys.isAbsent("appKey") { throw .unbound }

        let clientID = try keys.text("clientId")
        guard let code = Base64.decode(clientID) else { throw .notBase64(key: "clientId") }
        guard code.count == 64 else { throw .wrongSize(key: "clientId", size: code.count, expected: 64) }
        let privateKey = try keys.privateKey()
        let appKey = try keys.bytes("appKey")
        guard appKey.count == 32 else {
            throw .wrongSize(key: "appKey", size: appKey.count, expected: 32)
        }
        let host = try KeeperHost(keys.text("hostname"))
        let (serverKeyID, serverKey) = try keys.serverKey()
        self.init(
            identity: ClientIdentity(
                host: host, clientID: clientID, privateKey: privateKey, serverKeyID: serverKeyID,
                serverKey: serverKey),
            appKey: appKey, appOwnerPublicKey: root["appOwnerPublicKey"]?.string)
    }

    private static func document(in text: SecretBytes) throws(ConfigurationError) -> JSONDocument {
        let trimmed = text.withUnsafeBytes { SecretBytes(copying: $0.trimmed) }
        guard let first = trimmed.withUnsafeBytes({ $0.first }) else { throw .empty }
        if first == UInt8(ascii: "{") { return try parse(trimmed) }
        let compact = trimmed.withUnsafeBytes { $0.withoutSpace }
        guard let decoded = compact.withUnsafeBytes({ Base64.decode($0) }) else {
            throw .neitherJSONNorBase64
        }
        return try parse(decoded)
    }

    private static func parse(_ text: SecretBytes) throws(ConfigurationError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: text, limits: JSONLimits(depth: 10, values: 1000))
        } catch {
            throw .notJSON(reason: error.description)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Without white space around it and a byte order mark before it.
    fileprivate var trimmed: UnsafeRawBufferPointer {
        var rest = self[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return UnsafeRawBufferPointer(rebasing: rest)
    }

    /// Without white space anywhere: base64 comes wrapped at 76 characters from many tools.
    fileprivate var withoutSpace: SecretBytes {
        SecretBytes(capacity: count) { target in
            var written = 0
            for byte in self where !isSpace(byte) {
                target[written] = byte
                written += 1
            }
            return written
        }
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
