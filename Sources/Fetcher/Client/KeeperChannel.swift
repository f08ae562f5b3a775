import KeeperCrypto
import SecretMemory

/// Encrypted, signed requests to one Keeper server, repeated as its errors ask for
/// (KSM-PROTOCOL, sections 2 and 4).
final class KeeperChannel {
    let host: String
    let options: ClientOptions
    let cancellation: Cancellation
    let observer: (FetchEvent) -> Void
    let transport: HTTPTransport
    private let identity: ClientIdentity
    /// Changes when Keeper asks for another; kept for all later calls.
    private var serverKeyID: String
    let rounds: RequestRounds
    /// How often in a row Keeper has said "throttled".
    private(set) var refusals: Int
    /// Whether the first call has yet to wait for a round, since an earlier process was refused.
    private var joinsRound: Bool

    init(
        identity: ClientIdentity, options: ClientOptions, cancellation: Cancellation,
        observer: @escaping (FetchEvent) -> Void
    ) throws(KeeperError) {
        self.identity = identity
        self.options = options
        self.cancellation = cancellation
        self.observer = observer
        host = identity.host.description
        serverKeyID = identity.serverKeyID
        rounds = RequestRounds(clientID: identity.clientID)
        refusals = options.earlierRefusals
        joinsRound = options.earlierRefusals > 0
        transport = try HTTPTransport(options: options, cancellation: cancellation)
    }

    /// The id that Keeper accepted last: what a configuration should say.
    var acceptedServerKeyID: String { serverKeyID }

    /// Asks Keeper until there is an answer or no hope for one.
    /// - Parameter payload: the request's JSON.
    func call(
        _ operation: Operation, payload: SecretBytes, deadline: ContinuousClock.Instant?
    ) throws(KeeperError) -> JSONDocument {
        var patience = Patience(
            operation: operation, options: options, rounds: rounds, refusals: refusals, deadline: deadline,
            cancellation: cancellation, observer: observer)
        defer { refusals = patience.refusals }
        if joinsRound { try patience.waitForRound() }
        joinsRound = false
        var hasSwitchedKey = false
        while true {
            let timeout = try patience.timeout(host: host)
            switch try attempt(operation, payload: payload, timeout: timeout, attempts: patience.attempts) {
            case .done(let document):
                patience.succeeded()
                return document
            case .failed(.switchKey(let id)):
                guard !hasSwitchedKey else {
                    throw .refused(code: "key", text: "asked for key \(id) after a switch")
                }
                hasSwitchedKey = true
                try switchServerKey(to: id)
            case .failed(.throttled(let wish)): try patience.waitThrottled(wish: wish)
            case .failed(.transient(let error)): try patience.wait(after: error)
            case .failed(.permanent(let error)): throw error
            }
        }
    }

    private enum Attempt {
        case done(JSONDocument)
        case failed(Verdict)
    }

    private func attempt(
        _ operation: Operation, payload: SecretBytes, timeout: Duration, attempts: Int
    ) throws(KeeperError) -> Attempt {
        let (request, key) = try sealed(operation, payload: payload)
        let start = ContinuousClock.now
        let attempt: Attempt
        let failure: Failure?
        do throws(TransportError) {
            let response = try transport.perform(request, timeout: timeout)
            (attempt, failure) = read(response, key: key)
        } catch {
            let verdict = Verdict(error, host: host, attempts: attempts)
            (attempt, failure) = (.failed(verdict), error.failure)
        }
        observer(.requested(operation, failure: failure, duration: ContinuousClock.now - start))
        return attempt
    }

    private func read(_ response: HTTPResponse, key: SecretBytes) -> (Attempt, Failure?) {
        guard response.status == 200 else {
            let verdict = Verdict(status: response.status, body: response.body, host: host)
            return (.failed(verdict), verdict.failure)
        }
        do {
            return (.done(try JSONDocument(parsing: AES.openGCM(response.body, key: key))), nil)
        } catch {
            // Neither error has any of the text in it.
            let reason = "\(error)"
            return (.failed(.transient(.unreadable(host: host, reason: reason))), .undecryptable)
        }
    }

    /// - Returns: the request, and the key that its answer is sealed with: fresh for each.
    private func sealed(
        _ operation: Operation, payload: SecretBytes
    ) throws(KeeperError) -> (HTTPRequest, key: SecretBytes) {
        guard let server = identity.serverKey ?? ServerKeys.key(id: serverKeyID) else {
            throw .unknownServerKey(id: serverKeyID)
        }
        do throws(CryptoError) {
            let key = try randomBytes(32)
            let sealedKey = try server.encryptECIES(key)
            let body = try AES.sealGCM(payload, key: key)
            let signature = try identity.privateKey.sign(sealedKey + body)
            let headers = [
                "Content-Type: application/octet-stream", "PublicKeyId: \(serverKeyID)",
                "TransmissionKey: \(Base64.encode(SecretBytes(sealedKey)))",
                "Authorization: Signature \(Base64.encode(SecretBytes(signature)))",
                "User-Agent: keeper-injector",
            ]
            let url = "https://\(host)/api/rest/sm/v1/\(operation.rawValue)"
            return (HTTPRequest(url: url, headers: headers, body: body), key)
        } catch {
            throw .crypto(error)
        }
    }

    private func switchServerKey(to id: String) throws(KeeperError) {
        guard identity.serverKey != nil || ServerKeys.key(id: id) != nil else {
            throw .unknownServerKey(id: id)
        }
        observer(.serverKeySwitched(from: serverKeyID, to: id))
        serverKeyID = id
    }
}
