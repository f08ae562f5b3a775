import Plan

/// The value of `secret-KEY`, taken apart:
///
///     /path                     the record titled KEY, as JSON
///     RECORD:/path              a record, as JSON
///     RECORD[FIELD]:/path       one field, its bytes
///     [keeper://]RECORD/field/NAME[:/path]   notation, its bytes
struct SelectionText {
    static let scheme = "keeper://"

    let target: Selection.Target
    /// `nil` where none was given, which only notation may do.
    let path: AbsolutePath?
    let format: Format

    /// - Parameter title: KEY.
    init(_ annotation: Annotation, title: String) throws(Mistake) {
        let text = try annotation.text(
            what: "a path, or RECORD:/path", example: "database-credentials:/app/secrets/db.json")
        if text.hasPrefix("/") {
            target = .record(title)
            path = try annotation.filePath(text[...])
            format = .json
            return
        }
        let hasScheme = Self.hasScheme(text)
        // Otherwise the scheme's own colon would be taken for that of a path.
        let start = hasScheme ? text.index(text.startIndex, offsetBy: Self.scheme.count) : text.startIndex
        let colon = Self.colon(of: text[start...])
        let source = text[..<(colon ?? text.endIndex)]
        let path = try colon.map { (colon) throws(Mistake) in
            try annotation.filePath(text[text.index(after: colon)...])
        }
        self.path = path
        if hasScheme || Self.hasSelector(source) {
            target = try annotation.notation(source, hasScheme: hasScheme)
            format = .raw
            return
        }
        guard path != nil else { throw annotation.missingPath(text) }
        (target, format) = try annotation.recordOrField(source)
    }

    /// Whether a text says that it is notation, in any case.
    static func hasScheme(_ text: String) -> Bool {
        text.prefix(scheme.count).lowercased() == scheme
    }

    /// The colon before the path: the last `:/` that does not begin `://`.
    static func colon(of text: Substring) -> String.Index? {
        var end = text.endIndex
        while let colon = text[..<end].lastIndex(of: ":") {
            let rest = text[text.index(after: colon)...]
            if rest.hasPrefix("/"), !rest.hasPrefix("//") { return colon }
            end = colon
        }
        return nil
    }

    /// Whether a text without `keeper://` is notation all the same: `RECORD/field/NAME`.
    private static func hasSelector(_ text: Substring) -> Bool {
        let parts = segments(text)
        return parts.indices.dropFirst().dropLast().contains {
            ["field", "custom_field", "file"].contains(parts[$0].lowercased())
        }
    }

    /// What stands between slashes that no backslash escapes.
    static func segments(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var escaped = false
        for index in text.indices {
            if text[index] == "/", !escaped {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
            escaped = text[index] == "\\" && !escaped
        }
        return parts + [text[start...]]
    }
}

extension Annotation {
    /// The path of a file, checked as far as it can be without the others.
    func filePath(_ text: Substring) throws(Mistake) -> AbsolutePath {
        guard !text.hasSuffix("/") else {
            throw mistake(
                "the path \(quoted(String(text))) ends with '/', as that of a directory",
                expected: "the path of a file")
        }
        do throws(AbsolutePathError) {
            return try AbsolutePath(String(text))
        } catch {
            throw mistake("the path \(error)", expected: "the absolute path of a file")
        }
    }

    func missingPath(_ text: String) -> Mistake {
        let source = text.prefix { $0 != ":" }
        let example = "\(source.isEmpty ? "RECORD" : source):/app/secrets/\(key.dropFirst("secret-".count))"
        guard let colon = text.lastIndex(of: ":"), !text[colon...].hasPrefix("://") else {
            return mistake("names no path", expected: "RECORD:/path", example: example)
        }
        let rest = String(text[text.index(after: colon)...])
        return mistake(
            "the path \(quoted(rest)) does not start with '/'",
            at: text.distance(from: text.startIndex, to: colon) + 1 + leadingSpace,
            expected: "RECORD:/path with a path from the root", example: example)
    }

    /// `RECORD/selector…` is notation; a selector further on means folders before the record.
    func notation(_ source: Substring, hasScheme: Bool) throws(Mistake) -> Selection.Target {
        let body = hasScheme ? source.dropFirst(SelectionText.scheme.count) : source
        let parts = SelectionText.segments(body)
        let selectors: Set<String> = ["type", "title", "notes", "field", "custom_field", "file"]
        var folder: [String] = []
        var text = String(source)
        let selector = parts.indices.dropFirst().first { selectors.contains(parts[$0].lowercased()) }
        if let selector, selector > 1 {
            guard let names = FolderPath.names(parts[..<(selector - 1)].joined(separator: "/")) else {
                throw mistake(
                    "has an empty folder name", expected: "names with one '/' between them",
                    example: "Production/Databases/mysql/field/password:/app/secrets/password")
            }
            folder = names
            text = SelectionText.scheme + parts[(selector - 1)...].joined(separator: "/")
        }
        do throws(NotationError) {
            return .notation(try Notation(text), folder: folder)
        } catch {
            throw mistake(
                "is no Keeper notation: " + error.reason,
                at: folder.isEmpty ? error.position.map { $0 + leadingSpace } : nil,
                expected: "keeper://RECORD/field/NAME, …/custom_field/NAME, …/file/NAME, …/notes",
                example: "keeper://database-credentials/field/password:/app/secrets/password")
        }
    }

    /// `RECORD` or `RECORD[FIELD]`: the last brackets count; `\[`, `\]` and `\\` stand for themselves.
    fileprivate func recordOrField(_ source: Substring) throws(Mistake) -> (Selection.Target, Format) {
        let letters = EscapedText(Annotation.trim(source))
        guard !letters.text.isEmpty else {
            throw mistake(
                "names no record before the path", expected: "RECORD:/path",
                example: "database-credentials:/app/secrets/db.json")
        }
        guard letters.last == "]" else {
            guard letters.lastIndex(of: "[") ?? -1 <= letters.lastIndex(of: "]") ?? -1 else {
                throw mistake(
                    "has '[' but no ']' behind it",
                    expected: "RECORD[FIELD]:/path, or '\\[' where the title has a bracket",
                    example: "database-credentials[password]:/app/secrets/password")
            }
            return (.record(letters.text), .json)
        }
        guard let opening = letters.lastIndex(of: "[") else {
            throw mistake(
                "has ']' but no '[' before it",
                expected: "RECORD[FIELD]:/path, or '\\]' where the title has a bracket",
                example: "database-credentials[password]:/app/secrets/password")
        }
        let record = Annotation.trim(letters.text(..<opening))
        let field = Annotation.trim(letters.text((opening + 1)..<(letters.count - 1)))
        guard !record.isEmpty, !field.isEmpty else {
            throw mistake(
                record.isEmpty ? "names no record before '['" : "names no field between '[' and ']'",
                expected: "RECORD[FIELD]:/path",
                example: "database-credentials[password]:/app/secrets/password")
        }
        return (.field(record: record, name: field), .raw)
    }
}
