/// Keeper's limit on requests (KSM-PROTOCOL, section 4): so many for each client and operation, and the
/// count clears only after a time of silence.
package struct ThrottleRule: Sendable, Equatable {
    package var requests: Int
    package var silence: Duration
    /// Seconds that the refusal tells the client to wait, if any.
    package var retryAfter: Int?

    package init(requests: Int = 100, silence: Duration = .seconds(10), retryAfter: Int? = nil) {
        self.requests = requests
        self.silence = silence
        self.retryAfter = retryAfter
    }
}

/// The counts under a rule.
struct ThrottleWindows {
    private struct Window {
        var count = 0
        var last: ContinuousClock.Instant
    }

    private var windows: [String: Window] = [:]

    /// Counts one request. Each, refused ones too, starts the time of silence anew.
    ///
    /// - Returns: whether it is within the limit.
    mutating func admit(client: String, operation: Operation, rule: ThrottleRule) -> Bool {
        let now = ContinuousClock.now
        let key = operation.rawValue + client
        var window = windows[key] ?? Window(last: now)
        if now - window.last >= rule.silence { window.count = 0 }
        window.count += 1
        window.last = now
        windows[key] = window
        return window.count <= rule.requests
    }
}
