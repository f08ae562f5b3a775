import Glibc

/// An instant with the zone in which it is shown, as Go's `time.Time`.
struct GoTime {
    /// Since 1970.
    var seconds: Int64
    var nanoseconds: Int
    var zone: Zone

    static func now() -> GoTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return GoTime(seconds: Int64(time.tv_sec), nanoseconds: Int(time.tv_nsec), zone: .local)
    }

    /// Year 1, the first of January: Go's zero.
    static let zero = GoTime(seconds: -62_135_596_800, nanoseconds: 0, zone: .utc)

    func isSame(as other: GoTime) -> Bool { seconds == other.seconds && nanoseconds == other.nanoseconds }

    func adding(_ duration: GoSpan) -> GoTime {
        let total = nanoseconds + Int(duration.nanoseconds % 1_000_000_000)
        let carry = total >= 1_000_000_000 ? 1 : total < 0 ? -1 : 0
        return GoTime(
            seconds: seconds &+ duration.nanoseconds / 1_000_000_000 &+ Int64(carry),
            nanoseconds: total - carry * 1_000_000_000, zone: zone)
    }

    /// What the calendar and the clock on the wall show.
    struct Fields {
        var year: Int
        var month: Int
        var day: Int
        var hour: Int
        var minute: Int
        var second: Int
        /// 0 is Sunday.
        var weekday: Int
        /// From 1.
        var yearDay: Int
    }

    var fields: Fields {
        let local = seconds + Int64(zone.offset(at: seconds).seconds)
        let days = Int((local >= 0 ? local : local - 86_399) / 86_400)
        let clock = Int(local - Int64(days) * 86_400)
        let (year, month, day) = Self.date(ofDay: days)
        return Fields(
            year: year, month: month, day: day, hour: clock / 3_600, minute: clock / 60 % 60,
            second: clock % 60,
            weekday: ((days + 4) % 7 + 7) % 7, yearDay: days - Self.day(year: year, month: 1, day: 1) + 1)
    }

    /// Days since 1970 of a date of the Gregorian calendar.
    static func day(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let inEra = year - era * 400
        let inYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
    }

    private static func date(ofDay days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let inEra = shifted - era * 146_097
        let year = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        let month = (5 * inYear + 2) / 153
        let day = inYear - (153 * month + 2) / 5 + 1
        let civil = month < 10 ? month + 3 : month - 9
        return (year + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
    }

    /// As Go prints it, without the reading of the monotonic clock.
    var description: String { Layout.format(self, "2006-01-02 15:04:05.999999999 -0700 MST") }

    var rfc3339: String { Layout.format(self, "2006-01-02T15:04:05.999999999Z07:00") }

    /// What a template may call on it.
    func method(_ name: String, _ arguments: [Value], _ engine: Engine) throws(FunctionFailure) -> Value? {
        if name == "Format" {
            guard arguments.count == 1, case .string(let layout) = arguments[0] else {
                throw FunctionFailure("takes one layout")
            }
            return .text(Layout.format(self, layout.upTo(1_024).plain))
        }
        guard arguments.isEmpty else { throw FunctionFailure("takes no arguments") }
        switch name {
        case "Unix": return .int64(seconds)
        case "UnixMilli": return .int64(seconds &* 1_000 &+ Int64(nanoseconds / 1_000_000))
        case "UnixNano": return .int64(seconds &* 1_000_000_000 &+ Int64(nanoseconds))
        case "Year": return .int(fields.year)
        case "Day": return .int(fields.day)
        case "Hour": return .int(fields.hour)
        case "Minute": return .int(fields.minute)
        case "Second": return .int(fields.second)
        case "Nanosecond": return .int(nanoseconds)
        case "YearDay": return .int(fields.yearDay)
        case "Month": return .text(Layout.months[fields.month - 1])
        case "Weekday": return .text(Layout.days[fields.weekday])
        case "String": return .text(description)
        case "UTC": return .time(GoTime(seconds: seconds, nanoseconds: nanoseconds, zone: .utc))
        case "IsZero": return .bool(isSame(as: .zero))
        default: return nil
        }
    }
}
