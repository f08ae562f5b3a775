import Glibc

/// Time since some start, that a change of the wall clock does not touch: clock_gettime(2) CLOCK_MONOTONIC.
///
/// Not the clocks of Swift's concurrency library, which would bring its whole runtime into the agent.
func monotonicTime() -> Duration {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
}

/// clock_nanosleep(2) until a monotonic time.
func sleep(until deadline: Duration) {
    let (seconds, attoseconds) = deadline.components
    var moment = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    // An absolute time: an interrupted sleep goes on without arithmetic.
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nil) == EINTR {}
}
