import Plan
import Render
import SecretMemory
import TestSupport
import Testing
import Vault

/// Format `env` against the shells that people source it with, format `json` against Python's parser.
@Suite("Formats, read by real programs")
struct FormatReaderTests {
    @Test(
        "env comes back from a shell byte for byte",
        arguments: [["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"]])
    func shells(shell: [String]) throws {
        let name = try #require(shell.first)
        guard try run("which", [name]).status == 0 else {
            Issue.record("\(name) is missing: apt-get install \(name)")
            return
        }
        let maps = RandomMaps.make(2_000, seed: 5)
        let scratch = try TemporaryDirectory()
        // One shell for all files: each is sourced in a subshell, and what its variables hold is printed
        // between marks that no value has.
        var script = "set -u\n"
        var expected = ""
        for (index, map) in maps.enumerated() {
            let path = scratch.file("\(index).env")
            let text = try RandomMaps.render(map, .env)
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            script += "(. \(path)\n"
            for pair in map {
                let variable = try #require(
                    try RandomMaps.render([pair], .env).split(separator: "=", maxSplits: 1).first)
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
        let maps = RandomMaps.make(300, seed: 6)
        let texts = try maps.map { try RandomMaps.render($0, .json) }
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
