import KeeperCrypto
import SecretMemory
import Synchronization

/// The service behind the HTTPS port: who may ask, what they get, and what goes wrong on purpose.
final class KeeperService: Sendable {
    let keys: ServerKeys
    /// The point of the application owner's key. Readers keep it and do not use it.
    private let owner: PrivateKey
    /// All that changes: requests come on many threads, edits from the page and from tests.
    private let state: Mutex<State>

    struct State {
        var vault: EmulatorVault
        var sealer: VaultSealer
        var clients: [String: KeeperClient] = [:]
        var faults: [Fault] = []
        var counters = Counters()
        var throttle: ThrottleRule?
        var windows = ThrottleWindows()
        /// Transmission keys there have been: a second use is a replay.
        var usedKeys: Set<[UInt8]> = []
    }

    init(vault: EmulatorVault, faults: [Fault], throttle: ThrottleRule?) throws(CryptoError) {
        keys = try ServerKeys()
        owner = try PrivateKey.generate()
        state = Mutex(State(vault: vault, sealer: try VaultSealer(), faults: faults, throttle: throttle))
    }

    /// The owner's key as configurations hold it.
    var ownerPublicKey: String { base64(owner.publicKey.point) }

    func withState<Result>(_ body: (inout sending State) throws -> sending Result) rethrows -> sending Result
    {
        try state.withLock(body)
    }

    /// Changes the vault between two requests; when the change throws, nothing of it stays.
    func editVault<Answer: Sendable>(
        _ change: (inout EmulatorVault) throws(VaultError) -> Answer
    ) throws(VaultError) -> Answer {
        let outcome: Result<Answer, VaultError> = withState { state in
            var vault = state.vault
            let outcome = Result { () throws(VaultError) in try change(&vault) }
            if case .success = outcome { state.vault = vault }
            return outcome
        }
        return try outcome.get()
    }

    /// The next fault that strikes here; its count falls by one.
    func takeFault(_ applies: (Fault) -> Bool) -> Fault? {
        state.withLock { state in
            guard let index = state.faults.firstIndex(where: applies) else { return nil }
            let fault = state.faults[index]
            if let remaining = fault.remaining {
                state.faults[index].remaining = remaining - 1
                if remaining <= 1 { state.faults.remove(at: index) }
            }
            return fault
        }
    }

    /// Answers one request, and says how the answer is to be sent.
    func answer(_ request: HTTPRequest) -> Delivery {
        let operation = KeeperService.operation(of: request.path)
        let fault = operation.flatMap { operation in takeFault { $0.strikes(operation) } }
        var delivery: Delivery
        var result = "ok"
        do {
            delivery = Delivery(try respond(to: request, operation, fault))
            if let fault { (delivery, result) = delivery.spoiled(by: fault) }
        } catch let refusal as Refusal {
            delivery = Delivery(refusal.response(path: request.path))
            result = refusal.code
        } catch {
            // Only OpenSSL can fail here, and then nothing is right.
            delivery = Delivery(
                HTTPResponse(500, json: ["error": "internal", "message": .string("\(error)")]))
            result = "internal"
        }
        state.withLock { $0.counters.add(operation, result: result) }
        return delivery
    }

    private static func operation(of path: String) -> Operation? {
        if path.hasPrefix("/files/") { return .file }
        let base = "/api/rest/sm/v1/"
        guard path.hasPrefix(base) else { return nil }
        return Operation(rawValue: String(path.dropFirst(base.count))).flatMap { $0 == .file ? nil : $0 }
    }

    private func respond(
        to request: HTTPRequest, _ operation: Operation?, _ fault: Fault?
    ) throws -> HTTPResponse {
        switch operation {
        case nil: throw Refusal(status: 404, code: "not_found", message: "there is no such operation")
        case .file?: return try file(request, fault)
        case .getSecret?, .getFolders?:
            let opened = try SealedRequest(request, keys: keys)
            let answer = try answer(opened, operation == .getSecret ? .getSecret : .getFolders, fault)
            let sealed = try answer.withUnsafeBytes { try AES.sealGCM($0, key: opened.transmissionKey) }
            return HTTPResponse(200, body: sealed)
        }
    }

    private func answer(
        _ request: SealedRequest, _ operation: Operation, _ fault: Fault?
    ) throws -> [UInt8] {
        try refuseReplay(of: request.transmissionKey)
        let client = try state.withLock { state in
            guard let client = state.clients[request.payload.clientID] else {
                throw Refusal.accessDenied("the client is not known")
            }
            guard !client.isRevoked else { throw Refusal.accessDenied("the client was revoked") }
            return client
        }
        let isBinding = request.payload.publicKey != nil
        // Before the signature: whoever comes second has another key, and must not be told "signature".
        if isBinding && client.token == nil {
            throw Refusal.accessDenied("the one-time token was used before")
        }
        guard let key = try client.publicKey ?? newKey(request) else {
            throw Refusal.accessDenied("the client is not bound")
        }
        guard request.isSigned(by: key) else { throw Refusal.signature("the signature is wrong") }
        try throttle(client: client.id, operation, fault)
        if isBinding { return try bind(client, key, operation) }
        return try state.withLock { state in
            switch operation {
            case .getFolders: try state.folders()
            default: try state.secrets(request.payload, corrupting: fault?.corruptRecord)
            }
        }
    }

    private func newKey(_ request: SealedRequest) throws -> PublicKey? {
        guard let point = request.payload.publicKey else { return nil }
        guard let key = try? PublicKey(point: point) else {
            throw Refusal.badRequest("publicKey is no point of P-256")
        }
        return key
    }

    private func refuseReplay(of key: SecretBytes) throws {
        let bytes = key.withUnsafeBytes { Array($0) }
        try state.withLock { state in
            guard state.usedKeys.insert(bytes).inserted else {
                throw Refusal.badRequest("the transmission key was used before")
            }
            // A bound on memory; nobody replays something this old.
            if state.usedKeys.count > 1_000_000 { state.usedKeys = [bytes] }
        }
    }

    private func throttle(client: String, _ operation: Operation, _ fault: Fault?) throws {
        if case .throttle(let seconds)? = fault?.kind { throw Refusal.throttled(retryAfter: seconds) }
        if case .wrongKey(let id)? = fault?.kind { throw Refusal.key(id) }
        if case .error(let code)? = fault?.kind {
            throw Refusal(status: code == "bad_request" ? 400 : 403, code: code, message: "injected")
        }
        try state.withLock { state in
            guard let rule = state.throttle else { return }
            if !state.windows.admit(client: client, operation: operation, rule: rule) {
                throw Refusal.throttled(retryAfter: rule.retryAfter)
            }
        }
    }

    /// Takes the client's key and hands out the application's, once.
    private func bind(_ client: KeeperClient, _ key: PublicKey, _ operation: Operation) throws -> [UInt8] {
        guard operation == .getSecret else { throw Refusal.badRequest("binding is done by get_secret") }
        return try state.withLock { state in
            guard let token = state.clients[client.id]?.token else {
                throw Refusal.accessDenied("the one-time token was used before")
            }
            state.clients[client.id]?.token = nil
            state.clients[client.id]?.publicKey = key
            let appKey = try AES.sealGCM(state.sealer.appKey, key: token)
            let answer: JSON = [
                "encryptedAppKey": .string(base64(appKey, .urlSafe)),
                "appOwnerPublicKey": .string(base64(owner.publicKey.point, .urlSafe)),
                "records": [], "folders": [], "expiresOn": 0, "warnings": .null,
            ]
            return answer.bytes
        }
    }

    private func file(_ request: HTTPRequest, _ fault: Fault?) throws -> HTTPResponse {
        guard request.method == "GET" else {
            throw Refusal(status: 405, code: "bad_request", message: "GET is expected")
        }
        for name in ["authorization", "transmissionkey", "publickeyid"]
        where request.headers.contains(where: { $0.name == name }) {
            throw Refusal.badRequest("the header \(name) has no business at a pre-signed address")
        }
        let token = String(request.path.dropFirst("/files/".count))
        guard let download = state.withLock({ $0.sealer.download(token: token) }) else {
            throw Refusal(status: 404, code: "not_found", message: "there is no such file")
        }
        var body = download.sealed
        if case .corruptFile(download.uid)? = fault?.kind { body[body.count / 2] ^= 1 }
        return HTTPResponse(200, body: body)
    }
}

extension Fault {
    fileprivate var corruptRecord: String? {
        if case .corruptRecord(let uid) = kind { uid } else { nil }
    }
}
