import Plan
import Render
import SecretMemory
import TestSupport
import Testing
import Vault

/// Format `env` against the shells that people source it with, format `json` against Python's parser.
@Suite("Formats, read by real programs")
struct EnvShellTests {
    /// What breaks a quoting that is not right.
    private static let pieces = [
        "'", "\"", "\\", "$HOME", "$(id)", "`id`", "\n", "\r", "\t", " ", ";", "&", "|", "<", ">", "*", "?",
        "~", "#",
        "!", "=", "%", "@", "+", ",", ":", "-", "/", ".", "a", "Z", "0", "é", "🔑", "\u{1}", "\u{7F}",
        "\u{202E}",
        "{x,y}", "[a]", "(", ")", "^", "''", "\\'", "\\n", "${x}", "\n\n", "'\\''",
    ]

    private struct NoAttachments: ExplainedError {
        var message: String { "none" }
        var exitCode: CommandStatus { .failed }
    }

    /// Records of random fields, the same in each run.
    private static func maps(_ count: Int, seed: UInt64) -> [[(key: String, value: String)]] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...6, using: &random)).map { index in
                (
                    "v\(index)" + random.text(of: ["-", "é", " ", "x", "$", "'"], upTo: 3),
                    random.text(of: pieces, upTo: 12)
                )
            }
        }
    }

    private func render(_ map: [(key: String, value: String)], _ format: Format) throws -> String {
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

    @Test(
        "env comes back from a shell byte for byte",
        arguments: [["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"]])
    func shells(shell: [String]) throws {
        let name = try #require(shell.first)
        guard try run("which", [name]).status == 0 else {
            Issue.record("\(name) is missing: apt-get install \(name)")
            return
        }
        let maps = Self.maps(300, seed: 5)
        let scratch = try TemporaryDirectory()
        // One shell for all files: each is sourced in a subshell, and what its variables hold is printed
        // between marks that no value has.
        var script = "set -u\n"
        var expected = ""
        for (index, map) in maps.enumerated() {
            let path = scratch.file("\(index).env")
            let text = try render(map, .env)
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            script += "(. \(path)\n"
            for pair in map {
                let variable = try #require(
                    try render([pair], .env).split(separator: "=", maxSplits: 1).first)
                script += "printf '%s\\001\\002' \"$\(variable)\"\n"
                expected += pair.value + "\u{1}\u{2}"
            }
            script += ")\n"
        }
        let result = try run(name, Array(shell.dropFirst()) + ["-s"], input: script)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty, "\(result.errors.prefix(500))")
        #expect(result.output.utf8.elementsEqual(expected.utf8), "\(name) reads other values")
    }

    @Test("json is what Python's parser reads, in the order and layout it writes itself")
    func python() throws {
        let maps = Self.maps(300, seed: 6)
        let texts = try maps.map { try render($0, .json) }
        // Python writes sorted keys with two spaces as the contract has it: bytes must be the same.
        let script = """
            import json, sys
            data = sys.stdin.buffer.read().split(b"\\x00")[:-1]
            for text in data:
                value = json.loads(text)
                ordered = dict(sorted(value.items(), key=lambda item: item[0].encode()))
                again = json.dumps(ordered, indent=2, ensure_ascii=False) + "\\n"
                if again.encode() != text:
                    sys.exit("differs: " + repr(text) + repr(again))
                print(json.dumps([[k, v] for k, v in ordered.items()], ensure_ascii=False))
            """
        let result = try run("python3", ["-c", script], input: texts.map { $0 + "\u{0}" }.joined())
        #expect(result.status == 0, "\(result.errors.prefix(500))")
        let lines = result.output.split(separator: "\n")
        try #require(lines.count == maps.count)
        for (line, map) in zip(lines, maps) {
            let read = try JSONDocument(parsing: SecretBytes(line.utf8)).root.elements
            let pairs = read.map { $0.elements.map { $0.string ?? "" } }
            let wanted = map.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
                [$0.key, $0.value]
            }
            #expect(pairs == wanted)
        }
    }
}
