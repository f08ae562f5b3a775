extension Layout {
    /// A time from text, as Go's `time.ParseInLocation`; `nil` where the text does not fit.
    static func parse(_ text: String, _ layout: String, zone: Zone) -> GoTime? {
        var reader = LayoutReader(rest: Substring(text))
        let parts = parts(layout)
        for (index, part) in parts.enumerated() {
            switch part {
            case .literal(let literal): guard reader.skip(literal) else { return nil }
            case .fraction(let separator, let digits, let isFixed):
                guard reader.fraction(separator, digits: digits, isFixed: isFixed) else { return nil }
            case .element(let element):
                guard reader.read(element) else { return nil }
                // Go: a fraction may follow the seconds though the layout has none.
                guard element == "05" || element == "5" else { continue }
                if index + 1 < parts.count, case .fraction = parts[index + 1] { continue }
                guard reader.unannouncedFraction() else { return nil }
            }
        }
        return reader.rest.isEmpty ? reader.time(in: zone) : nil
    }
}

/// What was read of a time so far.
private struct LayoutReader {
    var rest: Substring
    private var year: Int?
    private var month: Int?
    private var day: Int?
    private var yearDay: Int?
    private var hour = 0
    private var minute = 0
    private var second = 0
    private var nanoseconds = 0
    private var isAfternoon: Bool?
    private var offset: Int?
    private var zoneName: String?

    init(rest: Substring) { self.rest = rest }

    mutating func skip(_ literal: String) -> Bool {
        for character in literal {
            if character == " " {
                guard rest.isEmpty || rest.first == " " else { return false }
                rest = rest.drop { $0 == " " }
            } else {
                guard rest.first == character else { return false }
                rest = rest.dropFirst()
            }
        }
        return true
    }

    private mutating func number(_ least: Int, _ most: Int) -> Int? {
        let digits = rest.prefix(most).prefix { $0.isASCII && $0.isNumber }
        guard digits.count >= least else { return nil }
        rest = rest.dropFirst(digits.count)
        return Int(digits)
    }

    private mutating func name(_ names: [String], isShort: Bool) -> Int? {
        for (index, name) in names.enumerated() {
            let wanted = isShort ? String(name.prefix(3)) : name
            if rest.prefix(wanted.count).lowercased() == wanted.lowercased() {
                rest = rest.dropFirst(wanted.count)
                return index
            }
        }
        return nil
    }

    mutating func fraction(_ separator: String, digits: Int, isFixed: Bool) -> Bool {
        guard rest.first == "." || rest.first == "," else { return !isFixed }
        let run = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard !isFixed || run.count == digits, !run.isEmpty else { return false }
        rest = rest.dropFirst(run.count + 1)
        let nine = (run + "000000000").prefix(9)
        nanoseconds = Int(nine) ?? 0
        return true
    }

    mutating func unannouncedFraction() -> Bool {
        guard rest.first == "." || rest.first == ",", rest.dropFirst().first?.isNumber ?? false else {
            return true
        }
        return fraction(".", digits: 0, isFixed: false)
    }

    mutating func read(_ element: String) -> Bool {
        switch element {
        case "2006": return set(\.year, number(4, 4))
        case "06":
            guard let two = number(2, 2) else { return false }
            year = two + (two >= 69 ? 1900 : 2000)
            return true
        case "January", "Jan":
            return set(\.month, name(Layout.months, isShort: element == "Jan").map { $0 + 1 })
        case "01": return set(\.month, number(2, 2), 1...12)
        case "1": return set(\.month, number(1, 2), 1...12)
        case "Monday", "Mon": return name(Layout.days, isShort: element == "Mon") != nil
        case "_2", "2", "02":
            if element == "_2", rest.first == " " { rest = rest.dropFirst() }
            return set(\.day, number(element == "02" ? 2 : 1, 2))
        case "002", "__2":
            rest = rest.drop { $0 == " " }
            return set(\.yearDay, number(element == "002" ? 3 : 1, 3), 1...366)
        case "15": return setTime(\.hour, number(2, 2), 0...23)
        case "03", "3": return setTime(\.hour, number(element == "03" ? 2 : 1, 2), 0...12)
        case "04", "4": return setTime(\.minute, number(element == "04" ? 2 : 1, 2), 0...59)
        case "05", "5": return setTime(\.second, number(element == "05" ? 2 : 1, 2), 0...59)
        case "PM", "pm":
            let word = rest.prefix(2)
            guard word == (element == "PM" ? "PM" : "pm") || word == (element == "PM" ? "AM" : "am") else {
                return false
            }
            isAfternoon = word.lowercased() == "pm"
            rest = rest.dropFirst(2)
            return true
        case "MST":
            let word = rest.prefix { ("A"..."Z").contains($0) }
            guard (3...5).contains(word.count) else { return false }
            zoneName = String(word)
            rest = rest.dropFirst(word.count)
            return true
        default: return readOffset(element)
        }
    }

    private mutating func set(
        _ path: WritableKeyPath<LayoutReader, Int?>, _ value: Int?, _ range: ClosedRange<Int> = 0...9_999
    ) -> Bool {
        guard let value, range.contains(value) else { return false }
        self[keyPath: path] = value
        return true
    }

    private mutating func setTime(
        _ path: WritableKeyPath<LayoutReader, Int>, _ value: Int?, _ range: ClosedRange<Int>
    ) -> Bool {
        guard let value, range.contains(value) else { return false }
        self[keyPath: path] = value
        return true
    }

    private mutating func readOffset(_ element: String) -> Bool {
        if element.hasPrefix("Z"), rest.first == "Z" {
            rest = rest.dropFirst()
            offset = 0
            return true
        }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return false }
        rest = rest.dropFirst()
        var total = 0
        let digits = element.filter(\.isNumber).count
        for (index, factor) in [3_600, 60, 1].prefix(digits / 2).enumerated() {
            if index > 0, element.contains(":") {
                guard rest.first == ":" else { return false }
                rest = rest.dropFirst()
            }
            guard let value = number(2, 2), value < (index == 0 ? 25 : 60) else { return false }
            total += value * factor
        }
        offset = sign == "-" ? -total : total
        return true
    }

    func time(in zone: Zone) -> GoTime? {
        var hour = hour
        if isAfternoon == true, hour < 12 { hour += 12 }
        if isAfternoon == false, hour == 12 { hour = 0 }
        let year = year ?? 0
        var days = GoTime.day(year: year, month: month ?? 1, day: day ?? 1)
        if let yearDay {
            days = GoTime.day(year: year, month: 1, day: yearDay)
        } else {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            guard (1...lengths[(month ?? 1) - 1]).contains(day ?? 1) else { return nil }
        }
        let wall = Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        if let offset {
            let time = wall - Int64(offset)
            if zone.offset(at: time).seconds == offset,
                zoneName == nil || zone.offset(at: time).name == zoneName
            {
                return GoTime(
                    seconds: time, nanoseconds: nanoseconds,
                    zone: offset == 0 && zone === Zone.utc ? .utc : zone)
            }
            return GoTime(
                seconds: time, nanoseconds: nanoseconds, zone: Zone(fixed: offset, name: zoneName ?? ""))
        }
        if let zoneName {
            if zoneName == "UTC" { return GoTime(seconds: wall, nanoseconds: nanoseconds, zone: .utc) }
            let guess = wall - Int64(zone.offset(at: wall).seconds)
            if zone.offset(at: guess).name == zoneName {
                return GoTime(seconds: guess, nanoseconds: nanoseconds, zone: zone)
            }
            return GoTime(seconds: wall, nanoseconds: nanoseconds, zone: Zone(fixed: 0, name: zoneName))
        }
        // Wall clock to instant: the zone's offset is asked for twice, since it may change in between.
        let first = wall - Int64(zone.offset(at: wall).seconds)
        let second = wall - Int64(zone.offset(at: first).seconds)
        return GoTime(seconds: second, nanoseconds: nanoseconds, zone: zone)
    }
}
