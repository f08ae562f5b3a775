import Synchronization

/// Whether this process may write now. Every write asks immediately before.
///
/// The clock goes on while the process or the machine is stopped (CLOCK_BOOTTIME), so one that wakes up after
/// its lease knows at once. What slips between the question and the write meets the resource version.
final class Fence: Sendable {
    private struct State: Sendable {
        var term: String?
        var until = ContinuousClock.now
    }

    /// Protects the term and its end.
    private let state = Mutex(State())

    /// The leader of this term may write until then.
    func allow(_ term: String, until end: ContinuousClock.Instant) {
        state.withLock { $0 = State(term: term, until: end) }
    }

    func revoke() { state.withLock { $0.term = nil } }

    /// - Throws: `notLeader` where the term is over.
    func check(_ term: String) throws(ControllerError) {
        guard allows(term) else { throw .notLeader }
    }

    func allows(_ term: String) -> Bool {
        state.withLock { $0.term == term && ContinuousClock.now < $0.until }
    }

    /// Whether this process leads in any term.
    var isLeader: Bool { state.withLock { $0.term != nil && ContinuousClock.now < $0.until } }
}
