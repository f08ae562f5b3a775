import Fetcher
import KeeperCrypto
import SecretMemory

/// Keys the digests of a hand-over, so that a short secret cannot be guessed from its digest: only who has
/// the KSM configuration, and thus the secrets themselves, can compare.
struct HandOverKey {
    private let key: SecretBytes

    /// - Returns: `nil` when OpenSSL fails; then nothing is handed over.
    init?(_ configuration: ClientConfiguration) {
        let purpose = Array("keeper-injector hand-over".utf8)
        let derived = purpose.withUnsafeBytes { hmacSHA256(key: configuration.appKey, message: $0) }
        guard case .success(let bytes) = derived else { return nil }
        key = SecretBytes(bytes)
    }

    func digest(of content: SecretBytes) -> [UInt8]? {
        guard case .success(let code) = content.withUnsafeBytes({ hmacSHA256(key: key, message: $0) }) else {
            return nil
        }
        return code
    }
}
