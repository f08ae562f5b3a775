extension Notation {
    /// Reads a notation as the official client does, but for its form in base64.
    ///
    /// Prefix and selector are taken in any case. In the record, in names and in indexes `/ [ ] \` are
    /// escaped by `\`, and nothing else may be (KSM-PROTOCOL, section 5).
    /// - Throws: `NotationError` with the place of the mistake.
    package init(_ text: String) throws(NotationError) {
        var scanner = NotationScanner(text)
        let (record, selector) = try scanner.parse()
        self.init(text: text, record: record, selector: selector)
    }
}

/// One pass over the characters of a notation.
private struct NotationScanner {
    private let letters: [UnicodeScalar]
    private var position = 0

    init(_ text: String) { letters = Array(text.unicodeScalars) }

    private var isAtEnd: Bool { position >= letters.count }

    private func error(_ reason: String, at place: Int? = nil) -> NotationError {
        NotationError(reason: reason, position: place ?? position)
    }

    mutating func parse() throws(NotationError) -> (record: String, selector: Notation.Selector) {
        guard !letters.isEmpty else { throw error("the notation is empty") }
        guard letters.contains("/") else {
            throw error(
                "'RECORD/SELECTOR' is expected, as in 'keeper://My record/field/password'; notation in base64 is not accepted"
            )
        }
        skipPrefix()
        let recordStart = position
        guard !isAtEnd else { throw error("the record is missing after 'keeper://'") }
        let record = try escaped(until: "/")
        guard !record.isEmpty else { throw error("the record is empty", at: recordStart) }
        let selector = try parseSelector()
        guard isAtEnd else { throw error("nothing may follow here") }
        return (record, selector)
    }

    private mutating func skipPrefix() {
        let prefix = "keeper://".unicodeScalars
        guard letters.count >= prefix.count,
            zip(letters, prefix).allSatisfy({ $0.properties.lowercaseMapping == String($1) })
        else { return }
        position = prefix.count
    }

    private mutating func parseSelector() throws(NotationError) -> Notation.Selector {
        let start = position
        guard !isAtEnd else {
            throw error(
                "a selector is missing: type, title, notes, field/NAME, custom_field/NAME or file/NAME")
        }
        var word = ""
        while !isAtEnd, letters[position] != "/" {
            word.unicodeScalars.append(letters[position])
            position += 1
        }
        position = min(position + 1, letters.count)
        switch word.lowercased() {
        case "type": return .type
        case "title": return .title
        case "notes": return .notes
        case "field":
            let (name, index) = try parseParameter(of: "field")
            return .field(name: name, index: index ?? Notation.Index())
        case "custom_field":
            let (name, index) = try parseParameter(of: "custom_field")
            return .customField(name: name, index: index ?? Notation.Index())
        case "file":
            let (name, index) = try parseParameter(of: "file")
            guard index == nil else {
                throw error("a file takes no index; write '\\[' for a bracket in its name", at: start)
            }
            return .file(name: name)
        default:
            let known = ["type", "title", "notes", "field", "custom_field", "file"]
            let guess = nearest(to: word, among: known, limit: 1).first.map { "; did you mean '\($0)'?" }
            throw error(
                "unknown selector '\(printable(word, limit: 40))', known are \(known.joined(separator: ", "))\(guess ?? "")",
                at: start)
        }
    }

    private mutating func parseParameter(
        of selector: String
    ) throws(NotationError) -> (name: String, index: Notation.Index?) {
        let start = position
        guard !isAtEnd else { throw error("'\(selector)/' needs a name") }
        // The bracket belongs to the index.
        let name = try escaped(until: "[", consuming: false)
        guard !name.isEmpty else { throw error("'\(selector)/' needs a name", at: start) }
        guard !isAtEnd else { return (name, nil) }
        let position = try parsePosition()
        guard !isAtEnd else { return (name, Notation.Index(position: position)) }
        let property = try bracketed()
        return (name, Notation.Index(position: position, property: property.isEmpty ? nil : property))
    }

    /// `[n]` or `[]`.
    private mutating func parsePosition() throws(NotationError) -> Int? {
        let start = position
        let digits = try bracketed()
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw error("the first index is a number or empty, as in [0] or [][name]", at: start)
        }
        if digits.isEmpty { return nil }
        guard let number = Int(digits) else { throw error("the index is too large", at: start) }
        return number
    }

    /// What stands between `[` and `]`.
    private mutating func bracketed() throws(NotationError) -> String {
        let start = position
        guard letters[position] == "[" else { throw error("only an index in [ ] may follow here") }
        position += 1
        var token = ""
        while !isAtEnd {
            switch letters[position] {
            case "\\": token.unicodeScalars.append(try escapedLetter())
            case "[": throw error("an index may not hold another '['")
            case "]":
                // The official client takes an escape before the bracket for one of the bracket.
                guard letters[position - 1] != "\\" else { throw error("']' is missing", at: start) }
                position += 1
                return token
            case let letter:
                token.unicodeScalars.append(letter)
                position += 1
            }
        }
        throw error("']' is missing", at: start)
    }

    /// Text up to a delimiter or the end, unescaped.
    private mutating func escaped(
        until delimiter: UnicodeScalar, consuming: Bool = true
    ) throws(NotationError) -> String {
        var token = ""
        while !isAtEnd {
            switch letters[position] {
            case "\\": token.unicodeScalars.append(try escapedLetter())
            case delimiter:
                if consuming { position += 1 }
                return token
            case let letter:
                token.unicodeScalars.append(letter)
                position += 1
            }
        }
        return token
    }

    private mutating func escapedLetter() throws(NotationError) -> UnicodeScalar {
        let next = position + 1
        guard next < letters.count, ["/", "[", "]", "\\"].contains(letters[next]) else {
            throw error("'\\' may stand before '/', '[', ']' and '\\' only")
        }
        position = next + 1
        return letters[next]
    }
}
