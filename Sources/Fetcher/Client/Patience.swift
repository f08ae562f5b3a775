import Glibc

/// How long one call is repeated, and the waits between (KSM-PROTOCOL, section 4).
struct Patience {
    private let operation: Operation
    private let options: ClientOptions
    private let rounds: RequestRounds
    private let deadline: ContinuousClock.Instant?
    private let cancellation: Cancellation
    private let observer: (FetchEvent) -> Void
    private var retries = 0
    private var throttles = 0
    /// Refusals in a row, those of earlier calls too.
    private(set) var refusals: Int

    /// As often as the official client waits.
    private static let throttleWaits = 5
    /// A server's own wish is followed up to here.
    private static let longestWish = 300.0

    /// - Parameter refusals: how often in a row Keeper has said "throttled" before this call.
    init(
        operation: Operation, options: ClientOptions, rounds: RequestRounds, refusals: Int = 0,
        deadline: ContinuousClock.Instant?, cancellation: Cancellation,
        observer: @escaping (FetchEvent) -> Void
    ) {
        self.operation = operation
        self.options = options
        self.rounds = rounds
        self.refusals = refusals
        self.deadline = deadline
        self.cancellation = cancellation
        self.observer = observer
    }

    /// Requests sent so far, when one has just failed.
    var attempts: Int { retries + 1 }

    /// What is left for the next request.
    func timeout(host: String) throws(KeeperError) -> Duration {
        guard let deadline else { return options.requestTimeout }
        let rest = deadline - ContinuousClock.now
        guard rest > .zero else { throw .deadline(host: host) }
        return min(rest, options.requestTimeout)
    }

    /// Waits after a transient error.
    /// - Throws: `error` itself when the attempts are used up or the time does not suffice.
    mutating func wait(after error: KeeperError) throws(KeeperError) {
        guard retries < options.retryDelays.count else { throw error }
        // Half to one and a half: pods that failed together do not come back together.
        let delay = options.retryDelays[retries] * Double.random(in: 0.5...1.5)
        guard fits(delay) else { throw error }
        retries += 1
        observer(.retrying(operation, reason: error.message, delay: delay, attempt: retries))
        try sleep(delay)
    }

    /// Waits as long as Keeper wishes, and for the clientId's next round.
    /// - Throws: `throttled` when that is too long or too often.
    mutating func waitThrottled(wish: Double?) throws(KeeperError) {
        refusals += 1
        guard throttles < Patience.throttleWaits else { throw .throttled(waits: throttles) }
        var random = SystemRandomNumberGenerator()
        let seconds = rounds.wait(
            afterRefusals: refusals, wish: wish.map { min($0, Patience.longestWish) }, from: wallClock(),
            using: &random)
        let delay = Duration.milliseconds(Int(seconds * 1000))
        guard fits(delay) else { throw .throttled(waits: throttles) }
        throttles += 1
        observer(.throttled(operation, delay: delay, attempt: throttles))
        try sleep(delay)
    }

    /// After refusals of an earlier process: waits for the clientId's next round, where there is time.
    func waitForRound() throws(KeeperError) {
        var random = SystemRandomNumberGenerator()
        let delay = Duration.milliseconds(
            Int(rounds.wait(from: wallClock(), atLeast: 0, using: &random) * 1000))
        guard fits(delay) else { return }
        observer(.throttled(operation, delay: delay, attempt: 0))
        try sleep(delay)
    }

    /// Keeper has answered: the next refusal is the first of its row.
    mutating func succeeded() { refusals = 0 }

    private func fits(_ delay: Duration) -> Bool {
        deadline.map { ContinuousClock.now + delay < $0 } ?? true
    }

    private func sleep(_ delay: Duration) throws(KeeperError) {
        if cancellation.wait(for: delay) { throw .cancelled }
    }
}

/// Seconds since 1970, for what several machines agree on without talking. The corresponding C function is
/// `clock_gettime` with CLOCK_REALTIME.
package func wallClock() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
