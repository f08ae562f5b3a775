import Glibc
import NIOSSL
import SecretMemory
import Synchronization

/// Token and CA of the service account, read again now and then: kubelet replaces both in place.
final class Credentials: Sendable {
    private struct State: Sendable {
        var token: SecretBytes?
        var authorities: SecretBytes?
        var trust: TLSConfiguration?
        var readAt: ContinuousClock.Instant?
    }

    private let configuration: KubeConfiguration
    /// Protects what was read last.
    private let state = Mutex(State())

    /// A new token is valid long before the old one ends; the API server's new CA is announced as early.
    private static let age: Duration = .seconds(10)

    init(_ configuration: KubeConfiguration) { self.configuration = configuration }

    /// - Parameter fresh: what is known was refused.
    /// - Returns: the value of the header `authorization`, and whom to trust.
    func current(fresh: Bool = false) throws(KubeError) -> (authorization: String, trust: TLSConfiguration) {
        try state.withLock { state throws(KubeError) in
            if let token = state.token, let trust = state.trust, let readAt = state.readAt, !fresh,
                readAt + Credentials.age > .now
            {
                return (Credentials.header(token), trust)
            }
            let token = try Credentials.read(configuration.tokenFile)
            let authorities = try Credentials.read(configuration.caFile)
            if state.trust == nil || state.authorities.map(authorities.hasSameBytes) != true {
                state.trust = try trust(authorities)
                state.authorities = authorities
            }
            state.token = token
            state.readAt = .now
            guard let trust = state.trust else { throw .file(path: configuration.caFile, reason: "empty") }
            return (Credentials.header(token), trust)
        }
    }

    private func trust(_ text: SecretBytes) throws(KubeError) -> TLSConfiguration {
        do {
            let certificates = try text.withUnsafeBytes { try NIOSSLCertificate.fromPEMBytes(Array($0)) }
            guard !certificates.isEmpty else {
                throw KubeError.file(path: configuration.caFile, reason: "it holds no certificate")
            }
            var trust = TLSConfiguration.makeClientConfiguration()
            trust.trustRoots = .certificates(certificates)
            trust.minimumTLSVersion = .tlsv12
            return trust
        } catch {
            throw .file(path: configuration.caFile, reason: "it holds no certificate in PEM form")
        }
    }

    private static func read(_ path: String) throws(KubeError) -> SecretBytes {
        do throws(SecretFileError) {
            return try SecretFile.read(path, limit: 256 << 10)
        } catch {
            throw .file(path: path, reason: String(cString: strerror(error.code)))
        }
    }

    /// Without what an editor may have put behind it; a header holds no line break.
    private static func header(_ token: SecretBytes) -> String {
        token.withUnsafeBytes { bytes in
            "Bearer " + String(decoding: bytes.filter { (0x21...0x7E).contains($0) }, as: UTF8.self)
        }
    }
}
