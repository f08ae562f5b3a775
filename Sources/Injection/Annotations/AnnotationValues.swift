import Plan

/// Reading of values that several annotations share.
extension Annotation {
    /// The name without the prefix.
    var key: String { String(name.dropFirst(Annotation.prefix.count)) }

    var isSelection: Bool { KnownAnnotation.find(key)?.phase == .selections }

    /// The value without white space around it.
    var trimmed: String { Self.trim(value) }

    /// How many characters `trimmed` lacks at the front: places in it are told as places in the value.
    var leadingSpace: Int { value.prefix { $0.isWhitespace }.count }

    static func trim(_ text: some StringProtocol) -> String {
        // Most values have no space around them: nothing to cut, no graphemes to find.
        if !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) { return String(text) }
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }

    /// This annotation with another value, as it should be written.
    func example(_ value: String) -> String { name + ": " + quoted(value, limit: 400) }

    func mistake(
        _ problem: String, at position: Int? = nil, expected: String? = nil, example: String? = nil
    ) -> Mistake {
        Mistake(
            annotation: name, value: value, position: position, problem: problem, expected: expected,
            example: example.map(self.example))
    }

    /// `true` or `false` in any case. Other words for it are refused: who reads `yes` and does not get it
    /// would have no secrets.
    func boolean() throws(Mistake) -> Bool {
        let word = trimmed.lowercased()
        switch word {
        case "true": return true
        case "false": return false
        case "1", "yes", "y", "on", "t":
            throw mistake("is not a boolean here", expected: "\"true\" or \"false\"", example: "true")
        case "0", "no", "n", "off", "f":
            throw mistake("is not a boolean here", expected: "\"true\" or \"false\"", example: "false")
        default:
            let near = nearest(to: word, among: ["true", "false"], limit: 1).first ?? "true"
            throw mistake("is neither true nor false", expected: "\"true\" or \"false\"", example: near)
        }
    }

    /// A Go duration of at least `minimum`.
    func duration(atLeast minimum: Duration, example: String) throws(Mistake) -> Duration {
        let text = trimmed
        let duration: Duration
        do throws(GoDurationError) {
            duration = try Duration(go: text)
        } catch {
            throw mistake(
                error.reason, at: text.isEmpty ? nil : error.position + leadingSpace,
                expected: "numbers with a unit each (h, m, s, ms), without spaces", example: example)
        }
        guard duration >= minimum else {
            throw mistake(
                "is too short", expected: "at least \(minimum.goDescription)", example: example)
        }
        return duration
    }

    /// A value that is not empty, without control characters.
    func text(what: String, example: String) throws(Mistake) -> String {
        let text = trimmed
        guard !text.isEmpty else { throw mistake("is empty", expected: what, example: example) }
        if let position = text.firstControlCharacter {
            throw mistake(
                "contains a control character", at: position + leadingSpace, expected: what, example: example)
        }
        return text
    }
}

extension StringProtocol {
    /// Characters before the first one that holds a control character (NUL, line breaks, C1).
    var firstControlCharacter: Int? {
        guard holdsControlCharacter else { return nil }
        return enumerated().first { _, character in
            character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }?.offset
    }
}
