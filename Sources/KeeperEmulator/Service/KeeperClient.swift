import KeeperCrypto
import SecretMemory

/// A device of the application, bound or about to be.
struct KeeperClient: Sendable {
    /// base64 of HMAC-SHA512 under the one-time token.
    let id: String
    /// What it signs with; `nil` until it is bound.
    var publicKey: PublicKey?
    /// The one-time token; `nil` once used.
    var token: SecretBytes?
    var isRevoked = false
}
