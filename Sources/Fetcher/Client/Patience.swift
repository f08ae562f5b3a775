/// How long one call is repeated, and the waits between (KSM-PROTOCOL, section 4).
struct Patience {
    private let operation: Operation
    private let options: ClientOptions
    private let deadline: ContinuousClock.Instant?
    private let cancellation: Cancellation
    private let observer: (FetchEvent) -> Void
    private var retries = 0
    private var throttles = 0

    /// The official client's numbers: the count of Keeper's limit clears after 10 s of silence.
    private static let throttleWaits = 5
    private static let throttleSeconds = 11.0
    /// A server's own wish is followed up to here.
    private static let longestWish = 300.0

    init(
        operation: Operation, options: ClientOptions, deadline: ContinuousClock.Instant?,
        cancellation: Cancellation, observer: @escaping (FetchEvent) -> Void
    ) {
        self.operation = operation
        self.options = options
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

    /// Waits as long as Keeper wishes.
    /// - Throws: `throttled` when that is too long or too often.
    mutating func waitThrottled(wish: Double?) throws(KeeperError) {
        guard throttles < Patience.throttleWaits else { throw .throttled(waits: throttles) }
        var seconds = Patience.throttleSeconds * Double(1 << throttles) * Double.random(in: 0.75...1.25)
        // A wish is never undercut: the count would start again.
        if let wish, wish > 0 { seconds = min(wish, Patience.longestWish) * Double.random(in: 1...1.25) }
        let delay = Duration.milliseconds(Int(seconds * 1000))
        guard fits(delay) else { throw .throttled(waits: throttles) }
        throttles += 1
        observer(.throttled(operation, delay: delay, attempt: throttles))
        try sleep(delay)
    }

    private func fits(_ delay: Duration) -> Bool {
        deadline.map { ContinuousClock.now + delay < $0 } ?? true
    }

    private func sleep(_ delay: Duration) throws(KeeperError) {
        if cancellation.wait(for: delay) { throw .cancelled }
    }
}
