import Glibc
package import Plan

/// Why certificate or key cannot be used. It names files, never what they hold.
package enum CertificateError: ExplainedError, Equatable {
    case unreadable(path: String, code: Int32)
    case notACertificate(path: String)
    case notAKey(path: String)
    /// The key is not the certificate's.
    case mismatch(certificate: String, key: String)
    /// TLS refuses them for another reason.
    case refused(path: String)

    package var message: String {
        switch self {
        case .unreadable(let path, let code): "cannot read '\(path)': \(String(cString: strerror(code)))"
        case .notACertificate(let path): "'\(path)' holds no certificate in PEM form"
        case .notAKey(let path): "'\(path)' holds no unencrypted private key in PEM form"
        case .mismatch(let certificate, let key):
            "the key in '\(key)' is not that of the certificate in '\(certificate)'"
        case .refused(let path): "the certificate in '\(path)' cannot be used for TLS"
        }
    }

    package var hint: String? {
        switch self {
        case .unreadable: "--tls-cert and --tls-key name the files tls.crt and tls.key of a mounted Secret"
        case .mismatch: "write certificate and key together, as a Secret of type kubernetes.io/tls does"
        default: nil
        }
    }

    package var exitCode: CommandStatus { .configuration }
}
