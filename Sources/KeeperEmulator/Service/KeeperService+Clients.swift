import KeeperCrypto
import SecretMemory

extension KeeperService {
    /// A one-time token of a new client.
    func newToken() throws(CryptoError) -> String {
        let token = try randomBytes(32)
        let id = base64(try hmacSHA512(key: token, message: "KEEPER_SECRETS_MANAGER_CLIENT_ID"))
        withState { $0.clients[id] = KeeperClient(id: id, token: token) }
        return Base64.encode(token, alphabet: .urlSafe)
    }

    /// The configuration of a new, bound client (KSM-PROTOCOL, section 1).
    func newConfiguration(hostname: String) throws(CryptoError) -> JSON {
        let key = try PrivateKey.generate()
        let token = try randomBytes(32)
        let id = base64(try hmacSHA512(key: token, message: "KEEPER_SECRETS_MANAGER_CLIENT_ID"))
        let appKey = withState { state in
            state.clients[id] = KeeperClient(id: id, publicKey: key.publicKey)
            return state.sealer.appKey
        }
        return [
            "hostname": .string(hostname), "clientId": .string(id),
            "privateKey": .string(Base64.encode(try key.der())),
            "appKey": .string(Base64.encode(appKey)),
            "serverPublicKeyId": .string(ServerKeys.primaryID),
            "serverPublicKey": .string(serverPublicKey),
            "appOwnerPublicKey": .string(ownerPublicKey),
        ]
    }

    /// The point of the server's key as configurations hold it.
    var serverPublicKey: String { base64(keys.primary.publicKey.point, .urlSafe) }

    /// - Returns: whether there was such a client.
    func revoke(_ clientID: String) -> Bool {
        withState { state in
            guard state.clients[clientID] != nil else { return false }
            state.clients[clientID]?.isRevoked = true
            return true
        }
    }
}
