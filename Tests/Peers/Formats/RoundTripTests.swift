import Foundation
import Plan
import Render
import TestSupport
import Testing

/// 2,000 maps of hostile values, written in each format and read back by the reader that it is made for.
@Suite("Formats come back")
struct RoundTripTests {
    private static let count = 2_000

    /// Writes each map as `N.EXTENSION`, and what it should be read as, as `N.want`.
    /// - Returns: the maps that were written; those that the format refuses are left out.
    private func write(
        _ maps: [RandomMaps.Map], _ format: Format, into scratch: TemporaryDirectory
    ) throws -> [RandomMaps.Map] {
        var written: [RandomMaps.Map] = []
        for map in maps {
            guard let text = try? RandomMaps.render(map, format) else { continue }
            let name = scratch.file("\(written.count)")
            try text.write(toFile: "\(name).\(format.name)", atomically: false, encoding: .utf8)
            try RandomMaps.render(map, .json).write(
                toFile: name + ".want", atomically: false, encoding: .utf8)
            written.append(map)
        }
        return written
    }

    @Test("yaml through PyYAML and ruamel.yaml", arguments: [UInt64(21), 22])
    func yaml(seed: UInt64) throws {
        let scratch = try TemporaryDirectory()
        let keys = ["-", "é", " ", "x", "$", "'", ": ", "#", "\n", "\"", "🔑", "?", "\u{85}"]
        let maps = try write(RandomMaps.make(Self.count / 2, seed: seed, keys: keys), .yaml, into: scratch)
        #expect(maps.count == Self.count / 2)
        try read("yaml", maps.count, scratch)
    }

    @Test("json through the parsers of Python and SQLite")
    func json() throws {
        let scratch = try TemporaryDirectory()
        let maps = try write(RandomMaps.make(Self.count, seed: 23), .json, into: scratch)
        #expect(maps.count == Self.count)
        try read("json", maps.count, scratch)
    }

    @Test("ini through configparser, or an error that names the field")
    func ini() throws {
        let scratch = try TemporaryDirectory()
        let all = RandomMaps.make(Self.count, seed: 24).map { map in map.prefix(1) + map.dropFirst().prefix(1)
        }
        let maps = try write(all.map(Array.init), .ini, into: scratch)
        #expect(maps.count > Self.count / 10)
        try read("ini", maps.count, scratch)
        for map in [[(key: "pin", value: "a\nb")], [(key: "pin", value: " a")], [(key: "pin", value: "a\r")]]
        {
            let error = #expect(throws: RenderError.self) { try RandomMaps.render(map, .ini) }
            #expect(error?.message.contains("\"pin\"") == true)
        }
    }

    @Test("properties through java.util.Properties")
    func properties() throws {
        guard try run("which", ["java"]).status == 0 else {
            Issue.record("MISSING: java. Run scripts/setup, which installs it.")
            return
        }
        let scratch = try TemporaryDirectory()
        let keys = ["-", "é", " ", "x", "=", ":", "#", "!", "\\", "\n", "\t", "🔑"]
        let maps = try write(
            RandomMaps.make(Self.count, seed: 25, keys: keys), .properties, into: scratch)
        #expect(maps.count == Self.count)
        let result = try run(
            "java", [Checkout.root + "/Tests/Peers/java/ReadProperties.java", scratch.path])
        #expect(result.status == 0, "\(result.errors.prefix(500))")
        var read: [[String: String]] = Array(repeating: [:], count: maps.count)
        let parts = result.output.split(separator: "\0", omittingEmptySubsequences: false).dropLast()
        for index in stride(from: 0, to: parts.count - 2, by: 3) {
            let map = try #require(Int(parts[index]))
            read[map][String(parts[index + 1])] = String(parts[index + 2])
        }
        for (map, read) in zip(maps, read) {
            #expect(read.count == map.count)
            for pair in map {
                #expect(read[pair.key].map { Array($0.utf8) } == Array(pair.value.utf8), "\(pair.key)")
            }
        }
    }

    private func read(_ format: String, _ count: Int, _ scratch: TemporaryDirectory) throws {
        let result = try run(try Peers.python, [Peers.script("read_formats.py"), format, scratch.path])
        #expect(result.status == 0, "\(result.errors.prefix(800))")
        #expect(result.output == "\(count)\n")
    }
}
