import Plan
import Render
import SecretMemory
import TestSupport
import Testing
import Vault

/// Records whose fields are what breaks quoting that is not right, and their files.
enum RandomMaps {
    typealias Map = [(key: String, value: String)]

    private static let pieces = [
        "'", "\"", "\\", "$HOME", "$(id)", "`id`", "\n", "\r", "\t", " ", ";", "&", "|", "<", ">", "*", "?",
        "~", "#",
        "!", "=", "%", "@", "+", ",", ":", "-", "/", ".", "a", "Z", "0", "é", "🔑", "\u{1}", "\u{7F}",
        "\u{202E}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}",
        "{x,y}", "[a]", "(", ")", "^", "''", "\\'", "\\n", "${x}", "\n\n", "'\\''", ": ", " #", "- ", "%(x)s",
    ]

    /// Values that YAML and others take for something else than a string.
    private static let words = [
        "yes", "no", "on", "off", "y", "N", "true", "False", "null", "~", "NULL", "1e3", "0x1f", "0o17",
        "017",
        "1_000", "1:30", "2024-01-01", "2024-01-01T00:00:00Z", ".inf", "-.INF", ".nan", "inf", "nan", "=",
        "<<",
        "1.5", "+1", "-", "--- ", "---", "...", "&a", "*a", "!t", "|", ">", "%d", "@x", "`x", "?", "? x", "",
        " lead", "trail ", "#no", "a #c", "a: b", "[", "{", "]", "}", ",", "0", "rem x", "; x",
    ]

    /// The same in each run.
    static func make(_ count: Int, seed: UInt64, keys: [String] = ["-", "é", " ", "x", "$", "'"]) -> [Map] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...6, using: &random)).map { index in
                let isWord = Int.random(in: 0..<3, using: &random) == 0
                let word = words[Int.random(in: 0..<words.count, using: &random)]
                return (
                    "v\(index)" + random.text(of: keys, upTo: 3),
                    isWord ? word : random.text(of: pieces, upTo: 12)
                )
            }
        }
    }

    static func render(_ map: Map, _ format: Format) throws -> String {
        var buffer = SecretBuffer()
        for value in map {
            buffer.append(buffer.count == 0 ? "{\"fields\":[" : ",")
            buffer.append("{\"type\":\"text\",\"label\":")
            buffer.appendJSONString(value.key)
            buffer.append(",\"value\":[")
            buffer.appendJSONString(value.value)
            buffer.append("]}")
        }
        buffer.append("]}")
        let document = try JSONDocument(parsing: buffer.finish())
        let record = try #require(Record(uid: "uid", data: document.root))
        let selection = Selection(
            origin: "secret-x", target: .record("uid"), output: .path(try AbsolutePath("/app/x")),
            format: format)
        let file = try Renderer(vault: Vault(records: [record]), strictLookup: true)
            .render(selection) { _ throws(NoAttachments) in throw NoAttachments() }
        return file.content.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private struct NoAttachments: ExplainedError {
        var message: String { "none" }
        var exitCode: CommandStatus { .failed }
    }
}
