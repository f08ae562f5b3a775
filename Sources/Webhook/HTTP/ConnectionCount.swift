import HummingbirdCore
import Synchronization

/// Connections that are open, counted where the server accepts them.
final class ConnectionCount: Sendable {
    private let open = Atomic(0)
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var isFull: Bool { open.load(ordering: .relaxed) >= limit }
    /// Time to ask idle clients for their place.
    var isBusy: Bool { open.load(ordering: .relaxed) > limit / 2 }

    fileprivate func add(_ number: Int) { open.add(number, ordering: .relaxed) }
}

/// Lets the server stop accepting while all places are taken.
struct ConnectionLimit: AvailableConnectionsDelegate {
    let count: ConnectionCount

    func connectionOpened() { count.add(1) }
    func connectionClosed() { count.add(-1) }
    func isAcceptingNewConnections() -> Bool { !count.isFull }
}
