package import KeeperCrypto
package import SecretMemory

/// A bound KSM client: where Keeper is, who the client is, and the key of its application.
///
///     let configuration = try ClientConfiguration(parsing: file)  // JSON, or base64 of it
///     let client = try KeeperClient(configuration: configuration)
package struct ClientConfiguration: Sendable {
    package var identity: ClientIdentity
    /// 32 bytes; unwraps the keys of records and folders.
    package var appKey: SecretBytes
    /// base64 of a point; kept as it came, not needed for reading.
    package var appOwnerPublicKey: String?

    package init(identity: ClientIdentity, appKey: SecretBytes, appOwnerPublicKey: String? = nil) {
        self.identity = identity
        self.appKey = appKey
        self.appOwnerPublicKey = appOwnerPublicKey
    }
}

/// Who talks to which server: all that a request needs.
package struct ClientIdentity: Sendable {
    package var host: KeeperHost
    /// base64 of 64 bytes, as it came.
    package var clientID: String
    package var privateKey: PrivateKey
    /// `serverPublicKeyId`.
    package var serverKeyID: String
    /// `serverPublicKey`: in place of the built-in table.
    package var serverKey: PublicKey?

    package init(
        host: KeeperHost, clientID: String, privateKey: PrivateKey, serverKeyID: String = "10",
        serverKey: PublicKey? = nil
    ) {
        self.host = host
        self.clientID = clientID
        self.privateKey = privateKey
        self.serverKeyID = serverKeyID
        self.serverKey = serverKey
    }
}
