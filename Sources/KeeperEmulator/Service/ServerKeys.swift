import KeeperCrypto

/// The server's key pairs by their ids.
struct ServerKeys: Sendable {
    /// The id in the configurations that the emulator writes.
    static let primaryID = "10"
    /// Another id of the primary key: after error `key` a client with `serverPublicKey` comes back with
    /// the new id and the key it has.
    static let renamedID = "18"
    /// An id with a key pair of its own, which no configuration holds.
    static let foreignID = "17"

    private let keys: [String: PrivateKey]
    let primary: PrivateKey

    init() throws(CryptoError) {
        primary = try PrivateKey.generate()
        keys = [
            ServerKeys.primaryID: primary, ServerKeys.renamedID: primary,
            ServerKeys.foreignID: try PrivateKey.generate(),
        ]
    }

    subscript(id: String) -> PrivateKey? { keys[id] }
}
