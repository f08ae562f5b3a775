import COpenSSL
import SecretMemory

/// One run of EVP_CIPHER_CTX. OpenSSL cleanses the key schedule when it is freed.
final class CipherContext {
    private let context: OpaquePointer
    private let sealing: Bool

    init(
        _ cipher: OpaquePointer?, key: SecretBytes, nonce: [UInt8], sealing: Bool
    ) throws(CryptoError) {
        guard key.count == AES.keySize else { throw .wrongKeySize(key.count) }
        guard let context = EVP_CIPHER_CTX_new() else { throw .library("EVP_CIPHER_CTX_new") }
        self.context = context
        self.sealing = sealing
        // Both modes have OpenSSL's default nonce size: 12 bytes for GCM, 16 for CBC.
        let result = key.withUnsafeBytes {
            EVP_CipherInit_ex(
                context, cipher, nil, $0.assumingMemoryBound(to: UInt8.self).baseAddress, nonce,
                sealing ? 1 : 0)
        }
        guard result == 1 else { throw .failed("EVP_CipherInit_ex") }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// - Returns: the number of bytes written to `target`, which has to have room for all of `input`.
    func update(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(CryptoError) -> Int {
        guard !input.isEmpty else { return 0 }
        // A missing target would make the input associated data.
        guard let count = Int32(exactly: input.count), let out = target.baseAddress else {
            throw .library("EVP_CipherUpdate")
        }
        var written: Int32 = 0
        let result = EVP_CipherUpdate(
            context, out.assumingMemoryBound(to: UInt8.self), &written,
            input.assumingMemoryBound(to: UInt8.self).baseAddress, count)
        guard result == 1 else { throw .failed("EVP_CipherUpdate") }
        return Int(written)
    }

    /// - Returns: the number of bytes written: up to a block in CBC, none in GCM.
    /// - Throws: when padding or tag are wrong.
    func finish(into target: UnsafeMutableRawBufferPointer) throws(CryptoError) -> Int {
        var written: Int32 = 0
        // GCM writes nothing here, but OpenSSL wants an address.
        var nowhere = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        let result = withUnsafeMutableBytes(of: &nowhere) { nowhere in
            let out = target.count >= AES.blockSize ? target.baseAddress : nowhere.baseAddress
            return EVP_CipherFinal_ex(context, out?.assumingMemoryBound(to: UInt8.self), &written)
        }
        guard result == 1 else { throw .failed("EVP_CipherFinal_ex") }
        return Int(written)
    }

    func readTag(into target: UnsafeMutableRawBufferPointer) throws(CryptoError) {
        let result = EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_AEAD_GET_TAG, Int32(AES.tagSize), target.baseAddress)
        guard result == 1 else { throw .failed("EVP_CTRL_AEAD_GET_TAG") }
    }

    func expectTag(_ tag: [UInt8]) throws(CryptoError) {
        var tag = tag
        let result = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag)
        guard result == 1 else { throw .failed("EVP_CTRL_AEAD_SET_TAG") }
    }
}

extension CryptoError {
    /// The error for a failed call, with OpenSSL's queue of this thread emptied: nobody else reads it.
    static func failed(_ call: String) -> CryptoError {
        ERR_clear_error()
        return .library(call)
    }
}
