/// Go's layouts, in which `Mon Jan 2 15:04:05 MST 2006` stands for the parts of a time.
enum Layout {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// A part of a layout.
    enum Part: Equatable {
        case literal(String)
        case element(String)
        /// `.000` or `,999`: how many digits, and whether zeros at the end stay.
        case fraction(separator: String, digits: Int, isFixed: Bool)
    }

    /// Longest first where one begins like another.
    private static let elements = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "__2", "_2006", "_2", "002", "01", "02", "03", "04",
        "05", "06", "15", "PM", "pm", "-07:00:00", "-070000", "-07:00", "-0700", "-07", "Z07:00:00",
        "Z070000",
        "Z07:00", "Z0700", "Z07", "1", "2", "3", "4", "5",
    ]

    static func parts(_ layout: String) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(layout)
        var previous: Character = "x"
        func flush() {
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
        }
        while let first = rest.first {
            if let element = elements.first(where: { matches(rest, $0) }) {
                if element == "_2006" {
                    literal += "_"
                    rest = rest.dropFirst()
                    continue
                }
                flush()
                parts.append(.element(element))
                rest = rest.dropFirst(element.count)
                previous = element.last ?? "x"
                continue
            }
            if first == "." || first == ",", let digit = rest.dropFirst().first, digit == "0" || digit == "9"
            {
                let run = rest.dropFirst().prefix { $0 == digit }
                let after = rest.dropFirst(1 + run.count).first
                if !(after.map { $0.isASCII && $0.isNumber } ?? false) {
                    flush()
                    parts.append(
                        .fraction(separator: String(first), digits: min(run.count, 9), isFixed: digit == "0"))
                    rest = rest.dropFirst(1 + run.count)
                    previous = digit
                    continue
                }
            }
            literal.append(first)
            previous = first
            rest = rest.dropFirst()
        }
        _ = previous
        flush()
        return parts
    }

    private static func matches(_ rest: Substring, _ element: String) -> Bool {
        guard rest.hasPrefix(element) else { return false }
        // Go: Jan and Mon not inside of a word.
        if element == "Jan" || element == "Mon" {
            return !(rest.dropFirst(3).first.map { ("a"..."z").contains($0) } ?? false)
        }
        return true
    }

    static func format(_ time: GoTime, _ layout: String) -> String {
        let fields = time.fields
        let zone = time.zone.offset(at: time.seconds)
        var text = ""
        for part in parts(layout) {
            switch part {
            case .literal(let literal): text += literal
            case .fraction(let separator, let digits, let isFixed):
                var fraction = String(padded(time.nanoseconds, 9).prefix(digits))
                if !isFixed { while fraction.hasSuffix("0") { fraction.removeLast() } }
                if !fraction.isEmpty { text += separator + fraction }
            case .element(let element): text += Self.text(element, fields, zone)
            }
        }
        return text
    }

    private static func text(
        _ element: String, _ f: GoTime.Fields, _ zone: (seconds: Int, name: String)
    ) -> String {
        switch element {
        case "2006": return f.year < 0 ? "-" + padded(-f.year, 4) : padded(f.year, 4)
        case "06": return padded(f.year % 100, 2)
        case "January": return months[f.month - 1]
        case "Jan": return String(months[f.month - 1].prefix(3))
        case "01": return padded(f.month, 2)
        case "1": return "\(f.month)"
        case "Monday": return days[f.weekday]
        case "Mon": return String(days[f.weekday].prefix(3))
        case "02": return padded(f.day, 2)
        case "_2": return f.day < 10 ? " \(f.day)" : "\(f.day)"
        case "2": return "\(f.day)"
        case "002": return padded(f.yearDay, 3)
        case "__2": return String(repeating: " ", count: 3 - "\(f.yearDay)".count) + "\(f.yearDay)"
        case "15": return padded(f.hour, 2)
        case "03": return padded(f.hour % 12 == 0 ? 12 : f.hour % 12, 2)
        case "3": return "\(f.hour % 12 == 0 ? 12 : f.hour % 12)"
        case "04": return padded(f.minute, 2)
        case "4": return "\(f.minute)"
        case "05": return padded(f.second, 2)
        case "5": return "\(f.second)"
        case "PM": return f.hour >= 12 ? "PM" : "AM"
        case "pm": return f.hour >= 12 ? "pm" : "am"
        case "MST":
            let isNumber = zone.name.hasPrefix("+") || zone.name.hasPrefix("-")
            return zone.name.isEmpty || isNumber && zone.name.isEmpty
                ? offset("-0700", zone.seconds) : zone.name
        default: return offset(element, zone.seconds)
        }
    }

    private static func offset(_ element: String, _ seconds: Int) -> String {
        if element.hasPrefix("Z"), seconds == 0 { return "Z" }
        let colon = element.contains(":") ? ":" : ""
        let value = abs(seconds)
        var text = (seconds < 0 ? "-" : "+") + padded(value / 3_600, 2)
        let digits = element.filter(\.isNumber).count
        if digits >= 4 { text += colon + padded(value / 60 % 60, 2) }
        if digits >= 6 { text += colon + padded(value % 60, 2) }
        return text
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
