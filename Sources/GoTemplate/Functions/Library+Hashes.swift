import KeeperCrypto
import SecretMemory

extension Library {
    static let hashes: [String: FunctionBody] = [
        "sha1sum": { (call) throws(FunctionFailure) in try hexDigest(call, .sha1) },
        "sha256sum": { (call) throws(FunctionFailure) in try hexDigest(call, .sha256) },
        "sha512sum": { (call) throws(FunctionFailure) in try hexDigest(call, .sha512) },
        "adler32sum": { call in
            var (a, b): (UInt32, UInt32) = (1, 0)
            for byte in call.text(0) {
                a = (a + UInt32(byte)) % 65_521
                b = (b + a) % 65_521
            }
            return .text("\(b << 16 | a)")
        },
        "uuidv5": { (call) throws(FunctionFailure) in
            guard let space = UUIDText.bytes(call.text(0)) else {
                throw FunctionFailure("the first argument is the UUID of a name space")
            }
            var bytes = Array(try Digests.digest([Text(space), call.text(1)], .sha1).upTo(16))
            bytes[6] = bytes[6] & 0x0F | 0x50
            bytes[8] = bytes[8] & 0x3F | 0x80
            return .text(UUIDText.text(bytes))
        },
        "derivePassword": { (call) throws(FunctionFailure) in try MasterPassword.derive(call) },
        "bcrypt": { (call) throws(FunctionFailure) in .string(try hashed(call.text(0), call.engine)) },
        "htpasswd": { (call) throws(FunctionFailure) in
            let user = call.text(0)
            if user.contains(UInt8(ascii: ":")) {
                return try call.engine.string { builder in
                    builder.append("invalid username: ")
                    builder.append(user)
                }
            }
            let hash = try hashed(call.text(1), call.engine)
            return try call.engine.string { builder in
                builder.append(user)
                builder.append(":")
                builder.append(hash)
            }
        },
        "encryptAES": { (call) throws(FunctionFailure) in
            let sealed: [UInt8]
            do throws(CryptoError) {
                let plain = call.text(1).withUnsafeBytes { SecretBytes(copying: $0) }
                sealed = try AES.sealCBC(plain, key: aesKey(call.text(0)))
            } catch {
                throw FunctionFailure("the encryption failed")
            }
            return try call.engine.string { builder in Base.encode(Text(sealed), Base.base64, &builder) }
        },
        "decryptAES": { (call) throws(FunctionFailure) in
            var bad: Int?
            let sealed = try call.engine.text { builder in bad = Base.base64.decode(call.text(1), &builder) }
            guard bad == nil, sealed.count >= 32 else { throw FunctionFailure("this is no encrypted text") }
            do throws(CryptoError) {
                let bytes = sealed.withUnsafeBytes { SecretBytes(copying: $0) }
                return .string(Text(try AES.openCBC(bytes, key: aesKey(call.text(0)))))
            } catch {
                throw FunctionFailure("the key is wrong, or this is no encrypted text")
            }
        },
    ]

    private static func hexDigest(
        _ call: Call, _ algorithm: Digests.Algorithm
    ) throws(FunctionFailure) -> Value {
        let digest = try Digests.digest([call.text(0)], algorithm)
        return try call.engine.string { builder in
            for byte in digest { builder.append(Quoting.hex(UInt32(byte), 2)) }
        }
    }

    /// Each takes as long as some thousand steps.
    private static func hashed(_ password: Text, _ engine: Engine) throws(FunctionFailure) -> Text {
        guard password.count <= 72 else { throw FunctionFailure("bcrypt takes at most 72 bytes") }
        try engine.charge(steps: 5_000)
        return try Bcrypt.hash(password, salt: try Random.bytes(16), cost: 10)
    }

    /// Sprig: the password itself, filled with zeros.
    private static func aesKey(_ password: Text) -> SecretBytes {
        SecretBytes(Array(password.prefix(32)) + [UInt8](repeating: 0, count: max(0, 32 - password.count)))
    }
}
