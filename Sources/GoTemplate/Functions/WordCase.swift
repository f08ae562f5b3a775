/// `snakecase`, `kebabcase` and `camelcase` as github.com/huandu/xstrings 1.5 does them.
enum WordCase {
    private enum Kind { case lower, upper, digit, connector, punctuation, other }

    private static func kind(_ scalar: UnicodeScalar) -> Kind {
        if scalar == "-" || scalar == "_" || scalar.isGoSpace { return .connector }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return .punctuation
        case .uppercaseLetter: return .upper
        case .decimalNumber, .letterNumber, .otherNumber: return .digit
        default: return scalar.isGoLetter && !isIdeograph(scalar) ? .lower : .other
        }
    }

    private static func isIdeograph(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FCC, 0x3400...0x4D85, 0x20000...0x2B81D: true
        default: false
        }
    }

    /// A run of characters of one kind. `HTTPStatus` is `HTTP` and `Status`.
    private struct Word {
        let kind: Kind
        var scalars: ArraySlice<UnicodeScalar>
    }

    private static func words(_ scalars: [UnicodeScalar]) -> [Word] {
        var words: [Word] = []
        var start = 0
        while start < scalars.count {
            let kind = kind(scalars[start])
            func run(_ from: Int, _ wanted: (Kind) -> Bool) -> Int {
                scalars[from...].firstIndex { !wanted(self.kind($0)) } ?? scalars.count
            }
            var end: Int
            if kind == .upper {
                end = run(start) { $0 == .upper }
                if end < scalars.count, self.kind(scalars[end]) == .lower {
                    end = end == start + 1 ? run(end) { $0 == .lower } : end - 1
                }
            } else {
                end = run(start) { $0 == kind }
            }
            words.append(Word(kind: kind, scalars: scalars[start..<end]))
            start = end
        }
        return words
    }

    /// `HTTPServer` → `http_server`, `http2xx` → `http_2xx`, `Bld4Floor` → `bld4_floor`.
    static func joined(_ text: Text, by connector: String, _ engine: Engine) throws(FunctionFailure) -> Value
    {
        try engine.string { builder in
            var words = words(text.runes.map(\.scalar))[...]
            func write(_ word: Word) {
                for scalar in word.scalars {
                    switch word.kind {
                    case .connector: builder.append(connector)
                    case .upper: builder.append(scalar.goLower)
                    default: builder.append(scalar)
                    }
                }
            }
            /// Numbers and small letters that follow belong to what was written.
            func writeTail() {
                while let word = words.first, word.kind == .lower || word.kind == .digit {
                    write(word)
                    words.removeFirst()
                }
            }
            func isApart(_ word: Word?) -> Bool {
                guard let word else { return false }
                return word.kind != .connector && word.kind != .punctuation
            }
            while let word = words.popFirst() {
                write(word)
                switch word.kind {
                case .connector, .punctuation: continue
                case .digit:
                    writeTail()
                    if isApart(words.first) { builder.append(connector) }
                default:
                    guard let number = words.first, number.kind == .digit else {
                        if isApart(words.first) { builder.append(connector) }
                        continue
                    }
                    words.removeFirst()
                    if words.first?.kind == .lower {
                        builder.append(connector)
                        write(number)
                        writeTail()
                    } else {
                        write(number)
                    }
                    if isApart(words.first) { builder.append(connector) }
                }
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
