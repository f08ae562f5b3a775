package import Glibc

/// Wall-clock time for people and metrics; intervals use `ContinuousClock`.
package enum Timestamp {
    /// RFC 3339 in UTC with milliseconds.
    package static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return text(time)
    }

    /// RFC 3339 in UTC with milliseconds.
    package static func text(_ time: timespec) -> String {
        var time = time
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        let date = [padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1, 2), padded(parts.tm_mday, 2)]
        let clock = [padded(parts.tm_hour, 2), padded(parts.tm_min, 2), padded(parts.tm_sec, 2)]
        let milliseconds = padded(Int32(time.tv_nsec / 1_000_000), 3)
        return "\(date.joined(separator: "-"))T\(clock.joined(separator: ":")).\(milliseconds)Z"
    }

    /// Seconds since 1970.
    package static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func padded(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
