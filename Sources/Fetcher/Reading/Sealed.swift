import KeeperCrypto
import SecretMemory

/// Why a part of an answer is damaged; no value in it.
struct Unreadable: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Takes apart what Keeper sealed: base64, then a cipher, then maybe JSON.
///
/// `what` names the part in the reason when that fails.
enum Sealed {
    static func gcm(
        _ value: JSONValue?, _ what: String, key: SecretBytes
    ) throws(Unreadable) -> SecretBytes {
        let sealed = try bytes(value, what)
        do throws(CryptoError) {
            return try AES.openGCM(sealed, key: key)
        } catch {
            throw Unreadable("its \(what) \(error)")
        }
    }

    static func cbc(
        _ value: JSONValue?, _ what: String, key: SecretBytes
    ) throws(Unreadable) -> SecretBytes {
        let sealed = try bytes(value, what)
        do throws(CryptoError) {
            return try AES.openCBC(sealed, key: key)
        } catch {
            throw Unreadable("its \(what) \(error)")
        }
    }

    /// A key is of 32 bytes: said here, not where it is used.
    static func checkKey(_ key: SecretBytes, _ what: String) throws(Unreadable) -> SecretBytes {
        guard key.count == 32 else { throw Unreadable("its \(what) has \(key.count) bytes, not 32") }
        return key
    }

    static func object(_ text: SecretBytes, _ what: String) throws(Unreadable) -> JSONValue {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: text).root
        } catch {
            throw Unreadable("its \(what) is not JSON: \(error)")
        }
        guard root.kind == .object else { throw Unreadable("its \(what) is no JSON object") }
        return root
    }

    private static func bytes(_ value: JSONValue?, _ what: String) throws(Unreadable) -> SecretBytes {
        guard let value, value.kind == .string else { throw Unreadable("it has no \(what)") }
        // Some writers escape the slashes of base64.
        let decoded =
            value.withText { Base64.decode($0) }
            ?? value.secretString?.withUnsafeBytes { Base64.decode($0) }
        guard let decoded else { throw Unreadable("its \(what) is not base64") }
        return decoded
    }
}
