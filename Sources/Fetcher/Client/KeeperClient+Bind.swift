import KeeperCrypto
import SecretMemory

extension KeeperClient {
    /// Exchanges a one-time token for a configuration (KSM-PROTOCOL, section 3).
    ///
    /// A token works once. The caller has to store what is returned, or the token is lost; hence a
    /// failure of the request that confirms the binding is an event and no error.
    /// - Throws: `KeeperError`; `.tokenRefused` for a token that was used or has expired.
    package static func bind(
        _ token: OneTimeToken, options: ClientOptions = ClientOptions(),
        cancellation: Cancellation = Cancellation(), deadline: ContinuousClock.Instant? = nil,
        observer: @escaping (FetchEvent) -> Void = { _ in }
    ) throws(KeeperError) -> ClientConfiguration {
        var identity = try identity(for: token)
        let channel = try KeeperChannel(
            identity: identity, options: options, cancellation: cancellation, observer: observer)
        let point = SecretBytes(identity.privateKey.publicKey.point)
        let payload = RequestPayload(clientID: identity.clientID, publicKey: Base64.encode(point)).json
        let answer: JSONValue
        do throws(KeeperError) {
            answer = try channel.call(.getSecret, payload: payload, deadline: deadline).root
        } catch {
            guard case .refused(let code, let text) = error, code != "key" else { throw error }
            throw .tokenRefused(code: code, text: text)
        }

        let appKey: SecretBytes
        do throws(Unreadable) {
            appKey = try Sealed.checkKey(
                Sealed.gcm(answer["encryptedAppKey"], "application key", key: token.key),
                "application key")
        } catch {
            throw .unreadable(host: channel.host, reason: error.reason)
        }
        identity.serverKeyID = channel.acceptedServerKeyID
        let configuration = ClientConfiguration(
            identity: identity, appKey: appKey,
            appOwnerPublicKey: answer["appOwnerPublicKey"]?.nonEmptyString.flatMap {
                // Arrives URL-safe, and is kept in the standard alphabet by the official clients.
                Base64.decode($0).map { Base64.encode($0) }
            })

        do throws(KeeperError) {
            let confirmation = RequestPayload(clientID: identity.clientID).json
            _ = try channel.call(.getSecret, payload: confirmation, deadline: deadline)
        } catch {
            observer(.bindingNotConfirmed(reason: error.message))
        }
        return configuration
    }

    private static func identity(for token: OneTimeToken) throws(KeeperError) -> ClientIdentity {
        do throws(CryptoError) {
            return ClientIdentity(
                host: token.host, clientID: try token.clientID(), privateKey: try PrivateKey.generate(),
                serverKeyID: token.serverKeyID, serverKey: token.serverKey)
        } catch {
            throw .crypto(error)
        }
    }
}
