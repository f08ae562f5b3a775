/// JSON of values.
enum JSONText {
    static func compact(_ value: ManifestValue) -> String {
        switch value.content {
        case .string(let text): quote(text)
        case .literal(let text): text
        case .list(let items): "[" + items.map(compact).joined(separator: ",") + "]"
        case .map(let entries):
            "{" + entries.map { quote($0.key) + ":" + compact($0.value) }.joined(separator: ",") + "}"
        }
    }

    /// On one line with spaces: what stands inside flow collections of YAML.
    static func flow(_ value: ManifestValue) -> String {
        switch value.content {
        case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { quote($0.key) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
        default: compact(value)
        }
    }

    static func pretty(_ value: ManifestValue, indent: String = "") -> String {
        let inner = indent + "  "
        switch value.content {
        case .list(let items) where !items.isEmpty:
            return "[\n" + items.map { inner + pretty($0, indent: inner) }.joined(separator: ",\n")
                + "\n" + indent + "]"
        case .map(let entries) where !entries.isEmpty:
            return "{\n"
                + entries.map { inner + quote($0.key) + ": " + pretty($0.value, indent: inner) }
                .joined(separator: ",\n") + "\n" + indent + "}"
        default: return compact(value)
        }
    }

    /// A JSON string that YAML reads the same.
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
