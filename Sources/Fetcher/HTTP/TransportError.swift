/// Why there is no HTTP answer.
enum TransportError: Error, Equatable {
    case cancelled
    /// A time-out; what was waited for.
    case timedOut(String)
    /// No connection, or it broke: worth another try.
    case connection(Failure, reason: String)
    case certificate(CertificateProblem)
    /// The answer is larger than allowed; the bound in bytes.
    case tooLarge(limit: Int)
    /// Another try would end alike.
    case permanent(reason: String)

    /// For a message.
    var reason: String {
        switch self {
        case .cancelled: "cancelled"
        case .timedOut(let reason), .connection(_, let reason), .permanent(let reason): reason
        case .certificate(let problem): problem.reason
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        }
    }
}

/// Why a server's certificate is not trusted.
package enum CertificateProblem: Equatable, Sendable {
    /// No certificate authority that is trusted here has signed it.
    case unknownIssuer
    case expired(CertificateDates)
    case notYetValid(CertificateDates)
    /// It is for another host.
    case otherHost
    /// The file with certificate authorities cannot be used.
    case badAuthorities
    case other(String)

    var reason: String {
        switch self {
        case .unknownIssuer: "no trusted certificate authority has signed it"
        case .expired(let dates):
            "\(dates.subject) has expired" + (dates.notAfter.map { ": it was valid until \($0)" } ?? "")
        case .notYetValid(let dates):
            "\(dates.subject) is not valid yet" + (dates.notBefore.map { ": it begins at \($0)" } ?? "")
        case .otherHost: "it belongs to another host"
        case .badAuthorities: "the certificate authorities to check it with cannot be read"
        case .other(let text): text
        }
    }

    var hint: String {
        switch self {
        case .unknownIssuer:
            "if a proxy or an own CA is in between, give its certificate with --ca-cert FILE"
        case .expired(let dates), .notYetValid(let dates):
            "the clock of this machine says \(dates.clock): set it if that is wrong, else the server needs another certificate"
        case .otherHost: "check the hostname of the KSM configuration"
        case .badAuthorities: "check the file of --ca-cert, and that the package ca-certificates is there"
        case .other: "check what stands between this machine and Keeper"
        }
    }
}

/// The kinds of failure, as labels of metrics.
package enum Failure: String, Sendable, CaseIterable {
    case resolve, connect, tls, reset, timeout, certificate
    case httpStatus = "http_status"
    case undecryptable, throttled
    case serverKey = "server_key"
    case refused, tooLarge = "too_large", cancelled, other
}
