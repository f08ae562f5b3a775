import CLinux
import Glibc
import Synchronization

/// Stops a transfer or a wait of another thread at once.
///
///     let cancellation = Cancellation()
///     // thread 1:  try client.fetchVault(…)   // throws .cancelled
///     // thread 2:  cancellation.cancel()
package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    /// Readable once cancelled, for ever; -1 when the process has no descriptors left.
    let descriptor: Int32
    private let writer: Int32
    /// A timer that goes on while the machine sleeps, as poll(2) does not; -1 without descriptors.
    private let timer: Int32

    package init() {
        timer = klinux_timer_descriptor()
        // Swift's Glibc module lacks eventfd(2) and pipe2(2); this too is closed in children from birth.
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        if socketpair(AF_UNIX, type, 0, &ends) != 0 { ends = [-1, -1] }
        (descriptor, writer) = (ends[0], ends[1])
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            close(writer)
        }
        if timer >= 0 { close(timer) }
    }

    /// Safe in any thread, any number of times.
    package func cancel() {
        guard !flag.exchange(true, ordering: .acquiringAndReleasing), writer >= 0 else { return }
        var byte: UInt8 = 1
        // Nothing was written to the socket before, so it has room.
        _ = write(writer, &byte, 1)
    }

    package var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Sleeps; in one thread at a time. A machine that was suspended meanwhile has slept too.
    /// - Returns: whether it was cancelled, at once when it is.
    package func wait(for duration: Duration) -> Bool {
        let end = ContinuousClock.now + duration
        while !isCancelled {
            let rest = end - ContinuousClock.now
            guard rest > .zero else { return false }
            let isTimed = timer >= 0 && klinux_set_timer(timer, rest.nanoseconds) == 0
            var pollers = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isTimed ? timer : -1, events: Int16(POLLIN), revents: 0),
            ]
            // Without descriptors flag and clock have to be looked at now and then.
            let longest = descriptor < 0 ? 50 : isTimed ? Int(Int32.max) : 30_000
            _ = poll(&pollers, 2, Int32(clamping: min(rest.milliseconds, longest)))
        }
        return true
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) else { return Int(Int32.max) }
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(seconds, 1_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
