import Foundation
import Launcher
import Plan
import Render
import SecretMemory
import TestSupport
import Testing
import Vault

/// What the agent writes, the launcher reads; what somebody else wrote, it refuses.
@Suite("The environment file")
struct EnvironmentFileTests {
    private struct Read: Equatable {
        let text: String
        let replaces: Bool
    }

    private func parse(_ bytes: [UInt8]) throws(EnvironmentFile.Damage) -> [Read] {
        // One byte more, so that a reader that goes too far is seen by the sanitizer.
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
        defer { block.deallocate() }
        block.copyBytes(from: bytes)
        let used = UnsafeMutableRawBufferPointer(rebasing: block[..<bytes.count])
        return try EnvironmentFile.parse(used).map { variable in
            #expect(variable.text[variable.nameLength] == CChar(UInt8(ascii: "=")))
            return Read(text: String(cString: variable.text), replaces: variable.replaces)
        }
    }

    private func rendered(_ fields: [(String, String)], names: [FieldName] = []) throws -> RenderedEnvironment
    {
        var selection = Selection(
            origin: "secret", target: .record("db"), output: .noFile, format: .json)
        selection.environment = EnvironmentVariables(prefix: "P_", names: names)
        return try Renderer(vault: Vault(records: [Sample.record(fields)]), strictLookup: true)
            .environment(of: [selection])
    }

    @Test("brings every value over as it is, line breaks, quotes and odd bytes included")
    func roundTrip() throws {
        var random = SeededRandom(seed: 8)
        let pieces = ["\n", "\r", "=", "'", "\"", "$(A)", "ü", "秘密", " ", ".", "D", "R", "\\", "\u{1}", "x"]
        for _ in 0..<300 {
            let fields = (0..<Int.random(in: 0...8, using: &random)).map { index in
                ("field \(index)", random.text(of: pieces, upTo: 40))
            }
            let file = try rendered(
                fields,
                names: [FieldName(field: "field 0", name: "OWN")].filter { _ in
                    !fields.isEmpty
                }
            ).file
            let read = try parse(Array(file.withUnsafeBytes { Array($0) }))
            let expected = fields.enumerated().map { index, field in
                Read(text: (index == 0 ? "OWN" : "P_FIELD_\(index)") + "=" + field.1, replaces: index == 0)
            }
            #expect(read == expected)
        }
        #expect(try parse(Array(RenderedEnvironment.empty.file.withUnsafeBytes { Array($0) })).isEmpty)
    }

    @Test(
        "is refused when it is damaged, and the place is named, not what stands there",
        arguments: [
            ("", .otherFormat), ("keeper", .otherFormat), ("keeper-environment 2\n.", .otherFormat),
            ("keeper-environment 1\n", .truncated), ("keeper-environment 1\nDA=b", .truncated),
            ("keeper-environment 1\nDA=b\0", .truncated), ("keeper-environment 1\nXA=b\0.", .wrongEntry(21)),
            ("keeper-environment 1\nDA\0.", .wrongEntry(21)),
            ("keeper-environment 1\nD=b\0.", .wrongEntry(21)),
            ("keeper-environment 1\nD1A=b\0.", .wrongEntry(21)),
            ("keeper-environment 1\nDA=b\0D B=c\0.", .wrongEntry(26)),
            ("keeper-environment 1\n..", .wrongEntry(21)), (String(repeating: "\0", count: 64), .otherFormat),
        ] as [(String, EnvironmentFile.Damage)])
    func damaged(text: String, damage: EnvironmentFile.Damage) {
        #expect(throws: damage) { try parse(Array(text.utf8)) }
    }

    @Test("is read as hostile: 30,000 damaged files end in an answer")
    func hostile() throws {
        let good = try Array(
            rendered([("a", "1"), ("b", "two\nlines"), ("c", "")]).file.withUnsafeBytes { Array($0) })
        var random = SeededRandom(seed: 88)
        var refused = 0
        for _ in 0..<30_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                guard !bytes.isEmpty else { break }
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.removeLast(bytes.count - place)
                default: bytes.insert([0, 46, 61, 68].randomElement(using: &random) ?? 0, at: place)
                }
            }
            do { _ = try parse(bytes) } catch { refused += 1 }
        }
        #expect(refused > 15_000)
    }

    @Test("adds to what is there: own variables stay, those of envKeys replace each of theirs")
    func merging() {
        func lines(_ existing: [String], _ injected: [(String, Bool)]) -> ([String], kept: [String]) {
            var old = existing.map { strdup($0) } + [nil]
            let new = injected.map { text, replaces in
                EnvironmentFile.Variable(
                    text: strdup(text)!, nameLength: text.prefix { $0 != "=" }.utf8.count, replaces: replaces)
            }
            defer {
                old.forEach { free($0) }
                new.forEach { free($0.text) }
            }
            let merged = old.withUnsafeMutableBufferPointer {
                MergedEnvironment($0.baseAddress!, adding: new)
            }
            #expect(merged.pointers.last.map { $0 == nil } == true)
            return (merged.pointers.compactMap { $0.map { String(cString: $0) } }, merged.kept)
        }
        let stays = lines(["PATH=/bin", "A=own", "odd", "AB=x"], [("A=new", false), ("B=b", false)])
        #expect(stays.0 == ["PATH=/bin", "A=own", "odd", "AB=x", "B=b"])
        #expect(stays.kept == ["A"])
        let replaced = lines(["A=own", "C=c", "A=again"], [("A=new", true), ("D=", true)])
        #expect(replaced.0 == ["A=new", "C=c", "D="])
        #expect(replaced.kept.isEmpty)
        #expect(lines([], [("A=1", false)]).0 == ["A=1"])
    }
}
