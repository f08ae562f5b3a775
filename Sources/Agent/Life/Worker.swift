import CLinux
import Glibc
import Synchronization

/// A thread of our own that does one job and says when it is done.
///
/// No Swift concurrency here: fetching and publishing block by nature, and its thread pool costs more
/// memory than the agent may have.
final class Worker<Outcome: Sendable>: Sendable {
    private let outcome = Mutex<Outcome?>(nil)
    /// Readable (eventfd) once the outcome is there.
    let finished: Int32

    /// - Returns: `nil` with errno when there is no thread or descriptor left.
    init?(_ job: @escaping @Sendable () -> Outcome) {
        finished = klinux_event_descriptor()
        guard finished >= 0 else { return nil }
        let body = Box { [self] in
            let result = job()
            outcome.withLock { $0 = result }
            klinux_raise_event(finished)
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(body)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            errno = code
            return nil
        }
        pthread_detach(thread)
    }

    deinit { if finished >= 0 { close(finished) } }

    var result: Outcome? { outcome.withLock { $0 } }
}

/// Carries a closure through `pthread_create`.
private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
