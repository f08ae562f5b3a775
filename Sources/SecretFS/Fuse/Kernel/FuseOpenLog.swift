import Glibc
import Synchronization

/// Hands opens to the audit log on a thread of its own: a log that nobody reads must not stop a reader of
/// secrets, nor must one process's opens stop another's.
final class FuseOpenLog: Sendable {
    private struct Queue {
        var opens: [FuseOpen] = []
        var lost = 0
        var total = 0
    }

    /// Opens that wait for the log at most; more are counted and reported as lost.
    private static let capacity = 65_536

    private let queue = Mutex(Queue())
    private let available = EventDescriptor()
    private let sink: @Sendable (_ opens: [FuseOpen], _ lost: Int) -> Void

    init(_ sink: @escaping @Sendable (_ opens: [FuseOpen], _ lost: Int) -> Void) {
        self.sink = sink
    }

    /// Starts the thread, which runs as long as the process.
    func start() throws(SystemError) {
        try Thread.start { [self] in
            while true {
                available.wait()
                let (opens, lost) = queue.withLock { queue in
                    defer { (queue.opens, queue.lost) = ([], 0) }
                    return (queue.opens, queue.lost)
                }
                sink(opens, lost)
            }
        }
    }

    func append(_ open: FuseOpen) {
        queue.withLock { queue in
            queue.total += 1
            if queue.opens.count < FuseOpenLog.capacity {
                queue.opens.append(open)
            } else {
                queue.lost += 1
            }
        }
        available.raise()
    }

    var total: Int { queue.withLock { $0.total } }
}
