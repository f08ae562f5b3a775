/// YAML in block style of values: keys in their order, plain scalars as the user wrote them, all other
/// strings quoted where a reader could take them for something else.
enum BlockText {
    /// Whole lines; for a map or list with something in it each begins with `indent` spaces.
    static func lines(_ value: ManifestValue, indent: Int) -> [String] {
        let pad = String(repeating: " ", count: indent)
        switch value.content {
        case .map(let entries) where !entries.isEmpty:
            return entries.flatMap { entry(key: $0.key, value: $0.value, indent: indent) }
        case .list(let items) where !items.isEmpty:
            return items.flatMap { item($0, indent: indent) }
        default:
            let text = scalar(value, indent: indent)
            return [pad + text.head] + text.rest
        }
    }

    static func entry(key: String, value: ManifestValue, indent: Int) -> [String] {
        let start = String(repeating: " ", count: indent) + self.key(key) + ":"
        switch value.content {
        case .map(let entries) where !entries.isEmpty: return [start] + lines(value, indent: indent + 2)
        case .list(let items) where !items.isEmpty: return [start] + lines(value, indent: indent)
        default:
            let text = scalar(value, indent: indent + 2)
            return [start + " " + text.head] + text.rest
        }
    }

    static func item(_ value: ManifestValue, indent: Int) -> [String] {
        var lines = lines(value, indent: indent + 2)
        // The first line's indentation makes room for the dash.
        if let first = lines.first {
            lines[0] = String(repeating: " ", count: indent) + "- " + first.dropFirst(indent + 2)
        }
        return lines
    }

    private static func key(_ text: String) -> String {
        isPlain(text) ? text : JSONText.quote(text)
    }

    private static func scalar(_ value: ManifestValue, indent: Int) -> (head: String, rest: [String]) {
        switch value.content {
        case .literal(let text):
            guard let plain = value.plain, !plain.isEmpty else { return (text, []) }
            return (plain, [])
        case .list: return ("[]", [])
        case .map: return ("{}", [])
        case .string(let text):
            if let plain = value.plain, !plain.contains(where: \.isNewline) { return (plain, []) }
            if isPlain(text) { return (text, []) }
            if let block = literalBlock(text, indent: indent) { return block }
            // JSON inside reads best in single quotes.
            let isOrdinary = text.unicodeScalars.allSatisfy { $0 >= " " && $0 < "\u{7F}" }
            if isOrdinary, text.contains("\"") {
                return (
                    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
                        + "'", []
                )
            }
            return (JSONText.quote(text), [])
        }
    }

    /// Text of several lines after `|`; `nil` where the style cannot say it.
    private static func literalBlock(_ text: String, indent: Int) -> (head: String, rest: [String])? {
        guard text.contains("\n"), let first = text.unicodeScalars.first, first > " " else { return nil }
        let isOrdinary = text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0 == "\t" || ($0 >= " " && $0 < "\u{7F}") || ($0 >= "\u{A0}" && $0 < "\u{2000}")
        }
        guard isOrdinary, !text.hasSuffix("\n\n") else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let ends = text.hasSuffix("\n")
        if ends { lines.removeLast() }
        let pad = String(repeating: " ", count: indent)
        return (ends ? "|" : "|-", lines.map { $0.isEmpty ? "" : pad + $0 })
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 256 else {
            return false
        }
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        let inner = text.utf8.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || "_./:@-".utf8.contains($0)
        }
        return inner && (isLetter(first) || first == UInt8(ascii: "/")) && last != UInt8(ascii: ":")
            && ScalarResolution.literal(text) == nil
    }
}
