extension Verdict {
    /// What to do when there was no HTTP answer.
    /// - Parameter attempts: requests sent so far.
    init(_ error: TransportError, host: String, attempts: Int) {
        switch error {
        case .cancelled: self = .permanent(.cancelled)
        case .timedOut(let reason):
            self = .transient(.unreachable(host: host, .timeout, reason: reason, attempts: attempts))
        case .connection(let failure, let reason):
            self = .transient(.unreachable(host: host, failure, reason: reason, attempts: attempts))
        // Neither mends itself within a second, and a user wants to know at once.
        case .certificate(let problem): self = .permanent(.certificate(host: host, problem))
        case .tooLarge(let limit): self = .permanent(.tooLarge(host: host, limit: limit))
        case .permanent(let reason):
            self = .permanent(.unreachable(host: host, .other, reason: reason, attempts: attempts))
        }
    }

    /// The label of metrics.
    var failure: Failure {
        switch self {
        case .switchKey: .serverKey
        case .throttled: .throttled
        case .permanent(.refused): .refused
        case .transient, .permanent: .httpStatus
        }
    }
}

extension TransportError {
    /// The label of metrics.
    var failure: Failure {
        switch self {
        case .cancelled: .cancelled
        case .timedOut: .timeout
        case .connection(let failure, _): failure
        case .certificate: .certificate
        case .tooLarge: .tooLarge
        case .permanent: .other
        }
    }
}
