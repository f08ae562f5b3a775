import COpenSSL

/// A certificate authority made at the start, known to nobody but those it is handed to.
package final class CertificateAuthority: Sendable {
    /// A certificate and its private key (PKCS#8), both PEM.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
    }

    /// The authority's own certificate, for clients to trust.
    package var pem: String { identity.certificate }

    private let identity: Identity
    private let name: String

    package init(name: String = "keeper-emulator CA") throws(TransportError) {
        self.name = name
        let key = try KeyPair()
        let certificate = try Certificate(subject: name, issuer: name, key: key, days: 30)
        try certificate.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try certificate.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try certificate.add(NID_subject_key_identifier, "hash")
        try certificate.sign(with: key)
        identity = Identity(certificate: try certificate.pem, key: try key.pem)
    }

    /// A server certificate for the given names and addresses.
    package func issue(names: [String]) throws(TransportError) -> Identity {
        let key = try KeyPair()
        let certificate = try Certificate(
            subject: names.first ?? "localhost", issuer: name, key: key, days: 30)
        try certificate.add(NID_basic_constraints, "critical,CA:FALSE")
        try certificate.add(NID_key_usage, "critical,digitalSignature")
        try certificate.add(NID_ext_key_usage, "serverAuth")
        let alternatives = names.map { (isAddress($0) ? "IP:" : "DNS:") + $0 }
        try certificate.add(NID_subject_alt_name, alternatives.joined(separator: ","))
        try certificate.sign(with: try KeyPair(pem: identity.key))
        return Identity(certificate: try certificate.pem, key: try key.pem)
    }

    private func isAddress(_ name: String) -> Bool {
        name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." }
    }
}

/// A P-256 key of OpenSSL's.
private final class KeyPair {
    let pointer: OpaquePointer

    init() throws(TransportError) {
        let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw .openSSL("EVP_PKEY_generate") }
        pointer = key
    }

    init(pem: String) throws(TransportError) {
        guard let key = readPEM(pem, { PEM_read_bio_PrivateKey($0, nil, nil, nil) }) else {
            throw .openSSL("PEM_read_bio_PrivateKey")
        }
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    var pem: String {
        get throws(TransportError) {
            try textOf { PEM_write_bio_PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
        }
    }
}

/// A certificate in the making.
private final class Certificate {
    private let pointer: OpaquePointer

    init(subject: String, issuer: String, key: KeyPair, days: Int) throws(TransportError) {
        guard let certificate = X509_new() else { throw .openSSL("X509_new") }
        pointer = certificate
        // RFC 5280, 4.1.2.2: positive, unique for the issuer; a restarted emulator has the same name.
        let serial = Int64.random(in: 1...Int64.max)
        guard X509_set_version(pointer, 2) == 1,
            ASN1_INTEGER_set_int64(X509_get_serialNumber(pointer), serial) == 1,
            X509_gmtime_adj(X509_getm_notBefore(pointer), -3600) != nil,
            X509_gmtime_adj(X509_getm_notAfter(pointer), days * 86_400) != nil,
            X509_set_pubkey(pointer, key.pointer) == 1
        else { throw .openSSL("X509_set") }
        try name(X509_get_subject_name(pointer), subject)
        try name(X509_get_issuer_name(pointer), issuer)
    }

    deinit { X509_free(pointer) }

    func add(_ extensionID: Int32, _ value: String) throws(TransportError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, pointer, pointer, nil, nil, 0)
        guard let made = X509V3_EXT_conf_nid(nil, &context, extensionID, value) else {
            throw .openSSL("X509V3_EXT_conf_nid: \(value)")
        }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(pointer, made, -1) == 1 else { throw .openSSL("X509_add_ext") }
    }

    func sign(with key: KeyPair) throws(TransportError) {
        guard X509_sign(pointer, key.pointer, EVP_sha256()) > 0 else { throw .openSSL("X509_sign") }
    }

    var pem: String {
        get throws(TransportError) { try textOf { PEM_write_bio_X509($0, pointer) } }
    }

    private func name(_ name: OpaquePointer?, _ text: String) throws(TransportError) {
        let length = Int32(text.utf8.count)
        guard X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, length, -1, 0) == 1
        else { throw .openSSL("X509_NAME_add_entry_by_NID") }
    }
}

/// What a reading function of OpenSSL makes of a text; `nil` also when there is no memory.
func readPEM<Result>(_ text: String, _ read: (OpaquePointer) -> Result?) -> Result? {
    var text = text
    // A memory BIO reads the bytes where they are: they must stay there.
    return text.withUTF8 { bytes in
        guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        return read(bio)
    }
}

/// What a writing function of OpenSSL puts into a memory BIO.
private func textOf(_ write: (OpaquePointer) -> Int32) throws(TransportError) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { throw .openSSL("BIO_new") }
    defer { BIO_free(bio) }
    guard write(bio) == 1 else { throw .openSSL("PEM_write_bio") }
    var text = [UInt8](repeating: 0, count: BIO_ctrl_pending(bio))
    let count = BIO_read(bio, &text, Int32(text.count))
    guard count == text.count else { throw .openSSL("BIO_read") }
    return String(decoding: text, as: UTF8.self)
}
