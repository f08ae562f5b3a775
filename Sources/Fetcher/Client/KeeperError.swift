import KeeperCrypto
package import Plan

/// Why Keeper gave no usable answer. Texts that came from a server are clipped and printable.
package enum KeeperError: ExplainedError, Equatable {
    /// Keeper understood and said no; another try would end alike.
    case refused(code: String, text: String)
    /// Keeper does not take the one-time token.
    case tokenRefused(code: String, text: String)
    /// Too many requests, and no time or patience left to wait.
    case throttled(waits: Int)
    /// Keeper asks for a key of its own that is not built in.
    case unknownServerKey(id: String)
    /// No connection, or none that lasted, after all attempts.
    case unreachable(host: String, Failure, reason: String, attempts: Int)
    /// The time that was allowed is over.
    case deadline(host: String)
    case certificate(host: String, CertificateProblem)
    /// Something answered that is not Keeper: a proxy's page, another web server.
    case strangeAnswer(host: String, status: Int, text: String)
    /// The answer could not be decrypted or read, after all attempts.
    case unreadable(host: String, reason: String)
    case tooLarge(host: String, limit: Int)
    /// The file with more certificate authorities cannot be used.
    case authorities(path: String, reason: String)
    /// An attachment cannot be downloaded from where Keeper said.
    case attachment(uid: String, reason: String)
    case cancelled
    /// A call of a library failed that has no business to fail.
    case `internal`(String)

    package var message: String {
        switch self {
        case .refused(let code, let text):
            "Keeper refused the request (\(code))" + (text.isEmpty ? "" : ": \(text)")
        case .tokenRefused(let code, let text):
            "Keeper refused the one-time token (\(code))" + (text.isEmpty ? "" : ": \(text)")
        case .throttled(let waits):
            "Keeper limits the number of requests" + (waits > 0 ? ", still after \(waits) waits" : "")
        case .unknownServerKey(let id): "Keeper asks for its public key \(id), which is not built in"
        case .unreachable(let host, _, let reason, let attempts):
            "cannot reach \(host): \(reason)" + (attempts > 1 ? " (\(attempts) attempts)" : "")
        case .deadline(let host): "the time allowed for fetching from \(host) is over"
        case .certificate(let host, let problem):
            "the certificate of \(host) is not trusted: \(problem.reason)"
        case .strangeAnswer(let host, let status, let text):
            "\(host) answered HTTP \(status), not as Keeper does" + (text.isEmpty ? "" : ": \(text)")
        case .unreadable(let host, let reason): "the answer of \(host) cannot be read: \(reason)"
        case .tooLarge(let host, let limit): "the answer of \(host) is larger than \(limit >> 20) MiB"
        case .authorities(let path, let reason): "the CA file '\(printable(path))' cannot be used: \(reason)"
        case .attachment(let uid, let reason): "file \(printable(uid)) cannot be downloaded: \(reason)"
        case .cancelled: "cancelled"
        case .internal(let call): "\(call) failed"
        }
    }

    package var hint: String? {
        switch self {
        case .refused(let code, _): KeeperError.meaning(of: code)
        case .tokenRefused:
            "a one-time token works once and expires: add another device to the KSM application in Keeper"
        case .throttled: "the limit counts for all clients of one configuration: give each its own device"
        case .unknownServerKey: "upgrade, or give 'serverPublicKey' in the KSM configuration"
        case .unreachable(_, .resolve, _, _): "check the hostname of the KSM configuration, and DNS"
        case .unreachable(_, .tls, _, _): "check that the host and port speak HTTPS, and --https-proxy"
        case .unreachable: "check hostname, network policy, firewall and --https-proxy"
        case .deadline: "allow more time, or look for the warnings above"
        case .certificate(_, let problem): problem.hint
        case .strangeAnswer(_, 407, _): "the proxy wants a user name and password: give them in --https-proxy"
        case .strangeAnswer: "check the hostname of the KSM configuration, and what stands in between"
        case .unreadable: "the configuration's server key may belong to another host"
        case .tooLarge: "share fewer records with the KSM application, or attach smaller files"
        case .authorities: "give a PEM file with --ca-cert"
        case .attachment: "fetch again: the addresses of files expire"
        case .cancelled, .internal: nil
        }
    }

    /// Whether another KSM configuration may be all that is needed.
    package var isAboutConfiguration: Bool {
        switch self {
        case .refused, .unknownServerKey, .unreadable: true
        default: false
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .refused, .tokenRefused, .throttled, .unknownServerKey: .refused
        case .unreachable, .deadline, .certificate, .strangeAnswer, .unreadable, .tooLarge, .attachment:
            .unreachable
        case .authorities: .configuration
        case .cancelled, .internal: .failed
        }
    }

    private static func meaning(of code: String) -> String {
        switch code {
        case "access_denied":
            "the device may be revoked, its access expired, or this IP address not the one it is locked to: look at the KSM application's devices in Keeper"
        case "signature":
            "the configuration is corrupt (its privateKey is another device's), or the clock of this machine is wrong"
        case "bad_request":
            "the configuration may be corrupt or belong to another region: compare its hostname and clientId"
        case "invalid_client_version": "Keeper accepts this version no longer: upgrade keeper-injector"
        case "key":
            "Keeper asks again and again for another key: check 'serverPublicKey' of the configuration"
        default: "look at the KSM application and its devices in Keeper's admin console"
        }
    }

    static func crypto(_ error: CryptoError) -> KeeperError { .internal(error.description) }
}
