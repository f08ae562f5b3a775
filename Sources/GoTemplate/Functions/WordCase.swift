/// `snakecase`, `kebabcase` and `camelcase` as github.com/huandu/xstrings 1.5 does them.
enum WordCase {
    private enum Kind { case lower, upper, digit, connector, other }

    private static func kind(_ scalar: UnicodeScalar) -> Kind {
        if scalar == "-" || scalar == "_" || scalar.isGoSpace { return .connector }
        if scalar.isGoUpper { return .upper }
        if scalar.isGoDigit || scalar.properties.generalCategory == .otherNumber { return .digit }
        if scalar.isGoLetter { return .lower }
        return .other
    }

    static func joined(_ text: Text, by connector: String, _ engine: Engine) throws(FunctionFailure) -> Value
    {
        try engine.string { builder in
            var previous: Kind?
            var wroteConnector = true
            let runes = Array(text.runes)
            for (index, rune) in runes.enumerated() {
                let kind = kind(rune.scalar)
                let next = index + 1 < runes.count ? self.kind(runes[index + 1].scalar) : nil
                if kind == .connector {
                    if !wroteConnector || previous == nil || previous == .connector {
                        builder.append(connector)
                    }
                    wroteConnector = true
                    previous = kind
                    continue
                }
                let starts: Bool =
                    switch (previous, kind) {
                    case (.lower, .upper), (.digit, .upper), (.other, .upper): true
                    case (.upper, .upper): next == .lower
                    case (.lower, .digit): false
                    default: false
                    }
                if starts, !wroteConnector { builder.append(connector) }
                builder.append(rune.scalar.goLower)
                wroteConnector = false
                previous = kind
            }
        }
    }

    static func camel(_ text: Text, _ engine: Engine) throws(FunctionFailure) -> Value {
        try engine.string { builder in
            let scalars = text.runes.map(\.scalar)
            let start = scalars.firstIndex { kind($0) != .connector } ?? scalars.count
            for connector in scalars[..<start] { builder.append(connector) }
            guard start < scalars.count else { return }

            // A word that begins with several capital letters keeps the first one only.
            var isCapital = scalars[start].isGoUpper
            var current = scalars[start].goUpper
            for scalar in scalars[(start + 1)...] {
                let previous = current
                current = scalar
                switch (kind(previous) == .connector, kind(current) == .connector) {
                case (true, true): builder.append(previous)
                case (true, false):
                    isCapital = current.isGoUpper
                    current = current.goUpper
                case (false, _):
                    if isCapital, current.isGoUpper { current = current.goLower } else { isCapital = false }
                    builder.append(previous)
                }
            }
            builder.append(current)
        }
    }
}
