import Plan

/// The value of `file-KEY`, taken apart:
///
///     RECORD:FILENAME[:/path]
///     keeper://RECORD/file/NAME[:/path]
struct FileText {
    let target: Selection.Target
    let path: AbsolutePath?
    /// `nil` in notation, where KEY names the file.
    let fileName: String?

    init(_ annotation: Annotation) throws(Mistake) {
        let example = "certificates:tls.crt:/app/tls/tls.crt"
        let what = "RECORD:FILENAME, RECORD:FILENAME:/path or keeper://RECORD/file/NAME"
        let text = try annotation.text(what: what, example: example)
        let hasScheme = SelectionText.hasScheme(text)
        let start =
            hasScheme ? text.index(text.startIndex, offsetBy: SelectionText.scheme.count) : text.startIndex
        let colon = SelectionText.colon(of: text[start...])
        let source = text[..<(colon ?? text.endIndex)]
        path = try colon.map { (colon) throws(Mistake) in
            try annotation.filePath(text[text.index(after: colon)...])
        }
        guard !hasScheme else {
            target = try annotation.notation(source, hasScheme: true)
            fileName = nil
            guard case .notation(let notation, _) = target, case .file = notation.selector else {
                throw annotation.mistake(
                    "selects no file", expected: "keeper://RECORD/file/NAME",
                    example: "keeper://certificates/file/tls.crt")
            }
            return
        }
        // File names hold colons less often than titles do.
        guard let middle = source.lastIndex(of: ":") else {
            throw annotation.mistake("names no file", expected: what, example: example)
        }
        let record = Annotation.trim(source[..<middle])
        let name = Annotation.trim(source[source.index(after: middle)...])
        guard !record.isEmpty, !name.isEmpty else {
            throw annotation.mistake(
                record.isEmpty ? "names no record before ':'" : "names no file behind ':'", expected: what,
                example: example)
        }
        target = .attachment(record: record, name: name)
        fileName = name
    }
}
