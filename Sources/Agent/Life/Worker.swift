import CLinux
import Glibc
import SecretFS
import Synchronization

/// A thread of our own that does one job and says when it is done.
final class Worker<Outcome: Sendable>: Sendable {
    private let outcome = Mutex<Outcome?>(nil)
    /// Readable (eventfd) once the outcome is there.
    let finished: Int32

    /// - Returns: `nil` with errno when there is no thread or descriptor left.
    init?(_ job: @escaping @Sendable () -> Outcome) {
        finished = klinux_event_descriptor()
        guard finished >= 0 else { return nil }
        do throws(SystemError) {
            try Thread.start { [self] in
                let result = job()
                outcome.withLock { $0 = result }
                klinux_raise_event(finished)
            }
        } catch {
            errno = error.code
            return nil
        }
    }

    deinit { if finished >= 0 { close(finished) } }

    var result: Outcome? { outcome.withLock { $0 } }
}
