import KeeperCrypto
import SecretMemory

/// A request to Keeper, opened but not yet believed: who signed it has to be checked.
struct SealedRequest {
    let transmissionKey: SecretBytes
    let payload: Payload
    private let signature: [UInt8]
    private let signed: [UInt8]

    /// What the client says, decrypted.
    struct Payload {
        let clientID: String
        /// The point of the client's key, only while binding.
        let publicKey: [UInt8]?
        let requestedRecords: Set<String>
        let requestedFolders: Set<String>
        let requestLinks: Bool
    }

    /// Checks headers, opens the transmission key and the body (KSM-PROTOCOL, section 2).
    init(_ request: HTTPRequest, keys: ServerKeys) throws {
        guard request.method == "POST" else {
            throw Refusal(status: 405, code: "bad_request", message: "POST is expected")
        }
        guard request.header("content-type") == "application/octet-stream" else {
            throw Refusal.badRequest("Content-Type application/octet-stream is expected")
        }
        guard let keyID = request.header("publickeyid"), !keyID.isEmpty, keyID.allSatisfy(\.isWholeNumber)
        else { throw Refusal.badRequest("the header PublicKeyId is missing or no number") }
        guard let key = keys[keyID] else { throw Refusal.key(ServerKeys.primaryID) }
        guard let wrapped = SealedRequest.base64Header(request.header("transmissionkey")) else {
            throw Refusal.badRequest("the header TransmissionKey is missing or no base64")
        }
        let prefix = "Signature "
        guard let authorization = request.header("authorization"), authorization.hasPrefix(prefix),
            let signature = SealedRequest.base64Header(String(authorization.dropFirst(prefix.count)))
        else { throw Refusal.badRequest("the header Authorization: Signature … is missing or malformed") }
        guard let transmissionKey = try? key.decryptECIES(wrapped), transmissionKey.count == 32 else {
            throw Refusal.badRequest("the transmission key cannot be opened by key \(keyID)")
        }
        guard let body = try? AES.openGCM(request.body, key: transmissionKey) else {
            throw Refusal.badRequest("the body cannot be opened by its transmission key")
        }
        self.transmissionKey = transmissionKey
        self.signature = signature
        signed = wrapped + request.body
        payload = try Payload(parsing: body)
    }

    func isSigned(by key: PublicKey) -> Bool { key.verify(signature: signature, over: signed) }

    private static func base64Header(_ text: String?) -> [UInt8]? {
        guard let text, !text.isEmpty else { return nil }
        return Base64.decode(text)?.withUnsafeBytes { Array($0) }
    }
}

extension SealedRequest.Payload {
    private static let keys: Set<String> = [
        "clientVersion", "clientId", "publicKey", "requestedRecords", "requestedFolders", "requestLinks",
    ]

    init(parsing body: SecretBytes) throws {
        guard let json = try? JSON(JSONDocument(parsing: body).root), let members = json.members else {
            throw Refusal.badRequest("the payload is no JSON object")
        }
        for member in members where !Self.keys.contains(member.key) {
            throw Refusal.badRequest("the payload has an unknown key '\(member.key)'")
        }
        guard let version = json["clientVersion"]?.string, Self.isVersion(version) else {
            throw Refusal.clientVersion("clientVersion is missing or not like mp17.3.0")
        }
        guard let id = json["clientId"]?.string, Base64.decode(id)?.count == 64 else {
            throw Refusal.badRequest("clientId is missing or not base64 of 64 bytes")
        }
        clientID = id
        switch json["publicKey"] ?? .null {
        case .null: publicKey = nil
        case .string(let text):
            guard let point = Base64.decode(text), point.count == 65 else {
                throw Refusal.badRequest("publicKey is not base64 of 65 bytes")
            }
            publicKey = point.withUnsafeBytes { Array($0) }
        default: throw Refusal.badRequest("publicKey is no string")
        }
        requestedRecords = try Self.uids(json["requestedRecords"], "requestedRecords")
        requestedFolders = try Self.uids(json["requestedFolders"], "requestedFolders")
        let links = json["requestLinks"] ?? .null
        guard links.isNull || links.bool != nil else {
            throw Refusal.badRequest("requestLinks is neither true nor false")
        }
        requestLinks = links.bool ?? false
    }

    /// `m`, a letter, and three numbers: `mp17.3.0`.
    private static func isVersion(_ text: String) -> Bool {
        let characters = text.utf8
        guard characters.count > 2, characters.first == UInt8(ascii: "m"),
            let letter = characters.dropFirst().first,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
        else { return false }
        let numbers = text.dropFirst(2).split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 3 && numbers.allSatisfy { UInt($0) != nil && $0.first != "+" }
    }

    private static func uids(_ json: JSON?, _ key: String) throws -> Set<String> {
        guard let json, !json.isNull else { return [] }
        guard let elements = json.array else { throw Refusal.badRequest("\(key) is no list") }
        return try Set(
            elements.map { element in
                guard let uid = element.string, Base64.decode(uid)?.count == 16 else {
                    throw Refusal.badRequest("\(key) holds something that is no uid")
                }
                return uid
            })
    }
}
