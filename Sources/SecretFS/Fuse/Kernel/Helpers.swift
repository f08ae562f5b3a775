import CLinux
import Glibc
import Synchronization

/// Processes that do for a moment what the server itself may not: wait for the kernel in a way that no
/// signal ends.
///
/// A server that read its own mount, or invalidated a name while a lookup is under way, could not be
/// killed: the kernel waits until the request is answered, and who took it would be dead. Then neither kubelet
/// nor the holder would see the end of it. A helper that is left behind ends when the next server answers.
final class Helpers: Sendable {
    /// Helpers that were not waited for to the end.
    private let late = Mutex<[pid_t]>([])

    /// Waits for a helper.
    ///
    /// - Parameter patience: then it is killed, and left alone; `nil` for none.
    func wait(for helper: pid_t, patience: Duration? = nil) {
        late.withLock { $0.removeAll { waitpid($0, nil, WNOHANG) != 0 } }
        let end = patience.map { monotonicTime() + $0 }
        var pause: UInt32 = 50
        while waitpid(helper, nil, WNOHANG) == 0 {
            if let end, monotonicTime() >= end {
                kill(helper, SIGKILL)
                return late.withLock { $0.append(helper) }
            }
            usleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }
}
