/// What a client does, for logs and counts. No event holds a secret.
package enum FetchEvent: Equatable, Sendable {
    /// One HTTP request has ended; `failure` is `nil` when its answer was of use.
    case requested(Operation, failure: Failure?, duration: Duration)
    /// The request is repeated after `delay`; the attempts count from 1.
    case retrying(Operation, reason: String, delay: Duration, attempt: Int)
    /// Keeper asks for fewer requests: the next follows after `delay`.
    case throttled(Operation, delay: Duration, attempt: Int)
    /// Keeper asked for another public key of its own.
    case serverKeySwitched(from: String, to: String)
    /// The token is used and the configuration good to be stored, but the request after that failed.
    case bindingNotConfirmed(reason: String)
}

/// What is asked of Keeper.
package enum Operation: String, Sendable, CaseIterable {
    case getSecret = "get_secret"
    case getFolders = "get_folders"
    case download
}
