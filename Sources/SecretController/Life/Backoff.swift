/// Longer and longer waits, each between half and the whole of its length.
struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var next: Duration

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
        next = first
    }

    mutating func reset() { next = first }

    /// How long to wait this time.
    mutating func delay() -> Duration {
        defer { next = min(next * 2, longest) }
        return next * Double.random(in: 0.5...1)
    }

    /// Waits; not when the task is cancelled.
    mutating func wait() async { try? await Task.sleep(for: delay()) }
}
