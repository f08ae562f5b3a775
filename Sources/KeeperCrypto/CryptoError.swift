/// Why something could not be decrypted, or a key not be read. It holds no bytes of either.
package enum CryptoError: Error, Equatable, CustomStringConvertible {
    /// Fewer bytes than a nonce and a tag, or than one block.
    case tooShort
    /// AES-GCM: the key is another one, or the bytes were changed.
    case wrongTag
    /// AES-CBC: the key is another one, or the bytes were changed.
    case badPadding
    /// A symmetric key that is not of 32 bytes; the size it has.
    case wrongKeySize(Int)
    /// A nonce or initialisation vector of another size than the mode's; the size it has.
    case wrongNonceSize(Int)
    /// Not a PKCS#8 DER private key, or not an uncompressed point of 65 bytes.
    case malformedKey
    /// A key of another kind than P-256.
    case wrongCurve
    /// The point does not lie on P-256.
    case notOnCurve
    /// A call of OpenSSL failed that has no business to fail; which one.
    case library(String)

    package var description: String {
        switch self {
        case .tooShort: "too short to be encrypted data"
        case .wrongTag: "does not decrypt: another key, or corrupt data"
        case .badPadding: "does not decrypt: bad padding"
        case .wrongKeySize(let size): "a key of \(size) bytes where 32 are needed"
        case .wrongNonceSize(let size): "a nonce of \(size) bytes"
        case .malformedKey: "not a key in the expected form"
        case .wrongCurve: "not a key of the curve P-256"
        case .notOnCurve: "a point that does not lie on the curve P-256"
        case .library(let call): "OpenSSL failed in \(call)"
        }
    }
}
