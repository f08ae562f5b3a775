import Glibc

/// Names of a directory that the publisher keeps for itself.
///
///     ..2026_11_23_21_39_49.123456789481516   a generation: time in UTC and six random digits
///     ..data      -> the generation in force
///     ..data_tmp  -> the next one, for the instant before the switch
///     db.json     -> ..data/db.json
enum GenerationName {
    static let current = "..data"
    static let next = "..data_tmp"

    /// Where the link that users see points.
    static func target(ofVisible name: String) -> String { current + "/" + name }

    /// A name for a new generation, which no earlier one had: clocks may be set back, hence the digits.
    static func new() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var date = tm()
        gmtime_r(&now.tv_sec, &date)
        let parts = [
            padded(Int(date.tm_year) + 1900, to: 4), padded(Int(date.tm_mon) + 1, to: 2),
            padded(Int(date.tm_mday), to: 2), padded(Int(date.tm_hour), to: 2),
            padded(Int(date.tm_min), to: 2), padded(Int(date.tm_sec), to: 2),
        ]
        return ".." + parts.joined(separator: "_") + "." + padded(now.tv_nsec, to: 9)
            + padded(.random(in: 0..<1_000_000), to: 6)
    }

    /// Whether `name` has the form of a generation's.
    static func isGeneration(_ name: String) -> Bool {
        let pattern = "..0000_00_00_00_00_00."
        guard name.utf8.count > pattern.utf8.count else { return false }
        let begins = zip(name.utf8, pattern.utf8).allSatisfy { byte, expected in
            expected == UInt8(ascii: "0") ? isDigit(byte) : byte == expected
        }
        return begins && name.utf8.dropFirst(pattern.utf8.count).allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
