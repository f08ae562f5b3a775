extension Library {
    static let dates: [String: FunctionBody] = {
        var all: [String: FunctionBody] = [
            "now": { _ in .time(.now()) },
            "ago": { call in
                let time = time(call[0])
                let now = GoTime.now()
                let seconds =
                    (now.seconds - time.seconds)
                    + Int64(now.nanoseconds - time.nanoseconds >= 500_000_000 ? 1 : 0)
                return .text(GoSpan(nanoseconds: seconds &* 1_000_000_000).description)
            },
            "date": { call in formatted(call, call.text(0), call[1], "Local") },
            "dateInZone": { call in formatted(call, call.text(0), call[1], call.text(2).upTo(100).plain) },
            "htmlDate": { call in formatted(call, Text("2006-01-02"), call[0], "Local") },
            "htmlDateInZone": { call in
                formatted(call, Text("2006-01-02"), call[0], call.text(1).upTo(100).plain)
            },
            "dateModify": { call in
                guard case .time(let time) = call[1] else { return call[1] }
                return .time(GoSpan(call.text(0).upTo(100).plain).map { time.adding($0) } ?? time)
            },
            "mustDateModify": { (call) throws(FunctionFailure) in
                guard case .time(let time) = call[1], let span = GoSpan(call.text(0).upTo(100).plain) else {
                    throw FunctionFailure("this is no duration")
                }
                return .time(time.adding(span))
            },
            "toDate": { call in
                .time(
                    Layout.parse(call.text(1).upTo(200).plain, call.text(0).upTo(200).plain, zone: .local)
                        ?? .zero)
            },
            "mustToDate": { (call) throws(FunctionFailure) in
                let text = call.text(1).upTo(200).plain
                guard let time = Layout.parse(text, call.text(0).upTo(200).plain, zone: .local) else {
                    throw FunctionFailure("this is no time of that layout")
                }
                return .time(time)
            },
            "unixEpoch": { call in
                if case .time(let time) = call[0] { return .text("\(time.seconds)") }
                return .text("0")
            },
            "duration": { call in
                let seconds: Int64 =
                    switch call[0] {
                    case .int(let value, .int64): value
                    case .string(let text): Int64(Conversion.decimal(text) ?? 0)
                    default: 0
                    }
                return .text(GoSpan(nanoseconds: seconds &* 1_000_000_000).description)
            },
            "durationRound": { call in
                let span: GoSpan
                switch call[0] {
                case .string(let text): span = GoSpan(text.upTo(100).plain) ?? GoSpan(nanoseconds: 0)
                case .int(let value, .int64): span = GoSpan(nanoseconds: value)
                case .time(let time):
                    span = GoSpan(nanoseconds: (GoTime.now().seconds - time.seconds) &* 1_000_000_000)
                default: span = GoSpan(nanoseconds: 0)
                }
                return .text(rounded(span))
            },
        ]
        all["date_in_zone"] = all["dateInZone"]
        all["date_modify"] = all["dateModify"]
        all["must_date_modify"] = all["mustDateModify"]
        return all
    }()

    private static func time(_ value: Value) -> GoTime {
        switch value {
        case .time(let time): time
        case .int(let seconds, .int), .int(let seconds, .int64):
            GoTime(seconds: seconds, nanoseconds: 0, zone: .local)
        default: .now()
        }
    }

    private static func formatted(_ call: Call, _ layout: Text, _ value: Value, _ zone: String) -> Value {
        var time = time(value)
        if case .time = value {} else if case .int = value {} else { call.engine.isVolatile = true }
        time.zone = Zone.named(zone) ?? .utc
        return .text(Layout.format(time, layout.upTo(1_024).plain))
    }

    /// To the largest unit.
    private static func rounded(_ span: GoSpan) -> String {
        let seconds = span.nanoseconds.magnitude / 1_000_000_000
        let exact = span.nanoseconds.magnitude % 1_000_000_000 == 0
        for (unit, size): (String, UInt64) in [
            ("y", 31_536_000), ("mo", 2_592_000), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
        ] where seconds > size || seconds == size && !exact {
            return "\(seconds / size)" + unit
        }
        return "0s"
    }
}
