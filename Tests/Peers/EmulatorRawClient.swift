import Foundation
import KeeperCrypto
import KeeperEmulator
import SecretMemory
import TestSupport

/// A client of Keeper that can be wrong in every way, over curl.
struct EmulatorRawClient {
    /// How a request went.
    struct Answer {
        /// curl's exit code: 0, or what broke.
        let exit: Int32
        let status: Int
        let body: [UInt8]
        /// Opens an encrypted body.
        let transmissionKey: SecretBytes?

        var json: JSON? { try? JSON(parsing: body) }
        var error: String? { json?["error"]?.string }
        var opened: JSON? {
            guard let transmissionKey else { return nil }
            return try? JSON(AES.openGCM(body, key: transmissionKey).withUnsafeBytes { Array($0) })
        }
    }

    /// A request, ready to be sent, twice if need be.
    struct Request {
        var headers: [String: String]
        var body: [UInt8]
        var transmissionKey: SecretBytes?
    }

    let emulator: Emulator
    let clientID: String
    private(set) var key: PrivateKey
    private let server: PublicKey
    private let scratch: TemporaryDirectory

    /// A bound client of the emulator.
    init(_ emulator: Emulator) throws {
        let configuration = try JSON(parsing: Array(emulator.clientConfiguration().utf8))
        func bytes(_ key: String) -> SecretBytes {
            Base64.decode(configuration[key]?.string ?? "") ?? SecretBytes([])
        }
        try self.init(
            emulator, clientID: configuration["clientId"]?.string ?? "",
            key: PrivateKey(der: bytes("privateKey")))
    }

    init(_ emulator: Emulator, clientID: String, key: PrivateKey) throws {
        self.emulator = emulator
        self.clientID = clientID
        self.key = key
        let point = Base64.decode(emulator.serverPublicKey) ?? SecretBytes([])
        server = try PublicKey(point: point.withUnsafeBytes { Array($0) })
        scratch = try TemporaryDirectory()
        try emulator.writeCA(to: scratch.file("ca.pem"))
    }

    /// A payload that is right.
    var payload: [String: JSON] {
        ["clientVersion": "mp17.3.0", "clientId": .string(clientID)]
    }

    func request(_ payload: [String: JSON]? = nil, text: String? = nil) throws -> Request {
        let transmissionKey = try randomBytes(32)
        let wrapped = try server.encryptECIES(transmissionKey)
        let json = JSON.object((payload ?? self.payload).map { .init($0.key, $0.value) })
        let body = try AES.sealGCM(SecretBytes((text ?? json.text).utf8), key: transmissionKey)
        return Request(
            headers: [
                "Content-Type": "application/octet-stream", "PublicKeyId": "10",
                "TransmissionKey": base64(wrapped),
                "Authorization": "Signature " + base64(try key.sign(wrapped + body)),
            ], body: body, transmissionKey: transmissionKey)
    }

    func send(
        _ request: Request, to operation: String = "get_secret", options: [String] = []
    ) throws -> Answer {
        try Data(request.body).write(to: URL(fileURLWithPath: scratch.file("body")))
        let headers = request.headers.flatMap { ["-H", "\($0.key): \($0.value)"] }
        return try curl(
            "/api/rest/sm/v1/" + operation,
            ["--data-binary", "@" + scratch.file("body")] + headers + options,
            key: request.transmissionKey)
    }

    /// Sends a good request.
    func ask(
        _ operation: String = "get_secret", _ payload: [String: JSON]? = nil, options: [String] = []
    ) throws -> Answer {
        try send(request(payload), to: operation, options: options)
    }

    func curl(_ path: String, _ options: [String] = [], key: SecretBytes? = nil) throws -> Answer {
        let url = path.hasPrefix("https:") ? path : "https://\(emulator.hostname)\(path)"
        let output = scratch.file("answer")
        try? FileManager.default.removeItem(atPath: output)
        let result = try run(
            Peers.curl,
            [
                "-sS", "--max-time", "10", "--cacert", scratch.file("ca.pem"), "-o", output, "-w",
                "%{http_code}",
            ] + options + [url])
        let body = (try? Data(contentsOf: URL(fileURLWithPath: output))) ?? Data()
        return Answer(
            exit: result.status, status: Int(result.output) ?? 0, body: Array(body), transmissionKey: key)
    }

    private func base64(_ bytes: [UInt8]) -> String { Base64.encode(SecretBytes(bytes)) }
}

extension JSON {
    init(_ bytes: [UInt8]) throws { try self.init(parsing: bytes) }
}
