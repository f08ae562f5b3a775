import Foundation
import KeeperCrypto
import SecretMemory
import Testing
import TestSupport

/// `crypto-vectors.json`, made with the official Python client.
private struct Vectors: Decodable {
    struct ClientID: Decodable {
        let one_time_token_urlsafe: String
        let client_id: String
    }
    struct GCM: Decodable { let key, nonce, plaintext, sealed: String }
    struct CBC: Decodable { let key, iv, plaintext, sealed: String }
    struct ECIES: Decodable {
        let server_private_key, server_public_key_urlsafe, plaintext, sealed: String
    }
    struct Signature: Decodable {
        let client_private_key, client_public_key, encrypted_transmission_key: String
        let encrypted_payload, message, signature_der: String
    }
    struct Bad: Decodable {
        let aes_gcm_wrong_tag, aes_gcm_too_short, aes_cbc_bad_padding, der_truncated: String
        let point_not_on_curve: String
    }
    let client_id: ClientID
    let aes_gcm: [GCM]
    let aes_cbc: [CBC]
    let ecies: [ECIES]
    let signature: Signature
    let bad: Bad

    static func load() throws -> Vectors {
        let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("crypto-vectors.json")))
        return try JSONDecoder().decode(Vectors.self, from: data)
    }
}

private func secret(_ base64: String) throws -> SecretBytes { try #require(Base64.decode(base64)) }
private func bytes(_ base64: String) throws -> [UInt8] { try secret(base64).withUnsafeBytes { Array($0) } }
private func bytes(_ secret: SecretBytes) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }

@Suite("Cryptography, as the official client's vectors have it")
struct CryptoVectorTests {
    private let vectors: Vectors

    init() throws { vectors = try Vectors.load() }

    @Test("the one-time token gives the client id")
    func clientID() throws {
        let code = try hmacSHA512(
            key: secret(vectors.client_id.one_time_token_urlsafe),
            message: "KEEPER_SECRETS_MANAGER_CLIENT_ID")
        #expect(try code == bytes(vectors.client_id.client_id))
    }

    @Test("AES-GCM seals and opens")
    func gcm() throws {
        #expect(vectors.aes_gcm.count == 4)
        for vector in vectors.aes_gcm {
            let key = try secret(vector.key)
            let sealed = try AES.sealGCM(secret(vector.plaintext), key: key, nonce: bytes(vector.nonce))
            #expect(try sealed == bytes(vector.sealed))
            #expect(try bytes(AES.openGCM(sealed, key: key)) == bytes(vector.plaintext))
        }
    }

    @Test("AES-CBC seals and opens")
    func cbc() throws {
        #expect(vectors.aes_cbc.count == 4)
        for vector in vectors.aes_cbc {
            let key = try secret(vector.key)
            let sealed = try AES.sealCBC(secret(vector.plaintext), key: key, iv: bytes(vector.iv))
            #expect(try sealed == bytes(vector.sealed))
            #expect(try bytes(AES.openCBC(sealed, key: key)) == bytes(vector.plaintext))
        }
    }

    @Test("ECIES opens what the official client sealed, and what we sealed")
    func ecies() throws {
        #expect(vectors.ecies.count == 3)
        for vector in vectors.ecies {
            let server = try PrivateKey(der: secret(vector.server_private_key))
            #expect(try server.publicKey.point == bytes(vector.server_public_key_urlsafe))
            #expect(try bytes(server.decryptECIES(bytes(vector.sealed))) == bytes(vector.plaintext))
            let ours = try PublicKey(point: bytes(vector.server_public_key_urlsafe))
                .encryptECIES(secret(vector.plaintext))
            #expect(try bytes(server.decryptECIES(ours)) == bytes(vector.plaintext))
        }
    }

    @Test("the official client's signature is verified, ours by its public key, a changed one refused")
    func signature() throws {
        let vector = vectors.signature
        let key = try PrivateKey(der: secret(vector.client_private_key))
        let message = try bytes(vector.encrypted_transmission_key) + bytes(vector.encrypted_payload)
        #expect(try message == bytes(vector.message))
        let official = try PublicKey(point: bytes(vector.client_public_key))
        #expect(key.publicKey.point == official.point)
        #expect(try official.verify(signature: bytes(vector.signature_der), over: message))
        #expect(try official.verify(signature: key.sign(message), over: message))
        #expect(try !official.verify(signature: key.sign(message), over: message + [0]))
        #expect(!official.verify(signature: [], over: message))
    }

    @Test("bad data is refused, each with its reason")
    func bad() throws {
        let bad = vectors.bad
        for vector in vectors.aes_gcm {
            let key = try secret(vector.key)
            #expect(throws: CryptoError.wrongTag) {
                try AES.openGCM(bytes(bad.aes_gcm_wrong_tag), key: key)
            }
            #expect(throws: CryptoError.tooShort) {
                try AES.openGCM(bytes(bad.aes_gcm_too_short), key: key)
            }
            #expect(throws: CryptoError.badPadding) {
                try AES.openCBC(bytes(bad.aes_cbc_bad_padding), key: key)
            }
        }
        #expect(throws: CryptoError.malformedKey) { try PrivateKey(der: secret(bad.der_truncated)) }
        #expect(throws: CryptoError.notOnCurve) { try PublicKey(point: bytes(bad.point_not_on_curve)) }
    }
}

@Suite("Cryptography")
struct CryptoTests {
    @Test("a key is read back from its own DER, with what follows it refused")
    func keyRoundTrip() throws {
        let key = try PrivateKey.generate()
        let der = try key.der()
        #expect(try PrivateKey(der: der).publicKey.point == key.publicKey.point)
        #expect(try bytes(PrivateKey(der: der).der()) == bytes(der))
        #expect(throws: CryptoError.malformedKey) { try PrivateKey(der: SecretBytes(bytes(der) + [0])) }
        #expect(throws: CryptoError.malformedKey) { try PrivateKey(der: SecretBytes([])) }
    }

    @Test("a point has 65 bytes from 0x04")
    func points() throws {
        let point = try PrivateKey.generate().publicKey.point
        #expect(point.count == 65)
        for wrong in [[], [UInt8(0)], Array(point.dropLast()), point + [0], [2] + point.dropFirst()] {
            #expect(throws: CryptoError.malformedKey) { try PublicKey(point: wrong) }
        }
    }

    @Test(
        "every length is sealed and opened, with another nonce each time",
        arguments: [0, 1, 15, 16, 17, 4096])
    func roundTrip(count: Int) throws {
        let key = try randomBytes(32)
        let plain = try randomBytes(count)
        #expect(try AES.openGCM(AES.sealGCM(plain, key: key), key: key).hasSameBytes(as: plain))
        #expect(try AES.openCBC(AES.sealCBC(plain, key: key), key: key).hasSameBytes(as: plain))
        #expect(try AES.sealGCM(plain, key: key) != AES.sealGCM(plain, key: key))
        #expect(try AES.sealCBC(plain, key: key) != AES.sealCBC(plain, key: key))
    }

    @Test("a symmetric key has 32 bytes")
    func keySize() throws {
        let plain = SecretBytes("x".utf8)
        for size in [0, 16, 31, 33] {
            let key = try randomBytes(size)
            #expect(throws: CryptoError.wrongKeySize(size)) { try AES.sealGCM(plain, key: key) }
            #expect(throws: CryptoError.wrongKeySize(size)) { try AES.sealCBC(plain, key: key) }
        }
    }

    @Test("what was sealed for one key does not open with another")
    func otherKey() throws {
        let sealed = try PrivateKey.generate().publicKey.encryptECIES(randomBytes(32))
        let other = try PrivateKey.generate()
        #expect(throws: CryptoError.wrongTag) { try other.decryptECIES(sealed) }
        #expect(throws: CryptoError.tooShort) { try other.decryptECIES([4]) }
    }
}
