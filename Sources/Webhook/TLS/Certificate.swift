import Glibc
import NIOSSL

/// A certificate and its key, ready for handshakes.
struct Certificate: Sendable {
    let context: NIOSSLContext
    /// Seconds since 1970.
    let notBefore: Int
    /// Seconds since 1970.
    let notAfter: Int
    let stamps: [FileStamp]

    /// Reads the files as they are now.
    ///
    /// - Throws: `CertificateError`; a pair read in the middle of a change does not match, and is read
    ///   again with the next change.
    init(_ files: CertificateFiles) throws(CertificateError) {
        // Taken first: what changes while we read is a change to come.
        stamps = try files.stamps()
        let chain = try Certificate.certificates(files.certificate)
        guard let leaf = chain.first else { throw .notACertificate(path: files.certificate) }
        notBefore = leaf.notValidBefore
        notAfter = leaf.notValidAfter

        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try Certificate.key(files.key)))
        configuration.minimumTLSVersion = .tlsv12
        // kube-apiserver would take HTTP/2 if it were offered; HTTP/1.1 is all we speak.
        configuration.applicationProtocols = ["http/1.1"]
        if let authority = files.clientCA {
            configuration.trustRoots = .certificates(try Certificate.certificates(authority))
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw .mismatch(certificate: files.certificate, key: files.key)
        } catch {
            throw .refused(path: files.certificate)
        }
    }

    func isValid(at seconds: Int) -> Bool { notBefore <= seconds && seconds < notAfter }

    private static func certificates(_ path: String) throws(CertificateError) -> [NIOSSLCertificate] {
        let bytes = try CertificateFiles.read(path)
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            guard !certificates.isEmpty else { throw CertificateError.notACertificate(path: path) }
            return certificates
        } catch {
            throw .notACertificate(path: path)
        }
    }

    private static func key(_ path: String) throws(CertificateError) -> NIOSSLPrivateKey {
        var bytes = try CertificateFiles.read(path)
        defer { explicit_bzero(&bytes, bytes.count) }
        do {
            // An encrypted key must not make BoringSSL ask for its passphrase on the terminal.
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem) {
                (setter: NIOSSLPassphraseSetter<[UInt8]>) in
                setter([])
            }
        } catch {
            throw .notAKey(path: path)
        }
    }
}
