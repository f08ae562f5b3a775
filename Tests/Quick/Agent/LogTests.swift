import Agent
import Foundation
import TestSupport
import Testing
@testable import Telemetry

@Suite("Logs")
struct LogTests {
    private func lines(_ format: Log.Format, level: Log.Level = .info, _ write: (Log) -> Void) throws
        -> [String]
    {
        let directory = try TemporaryDirectory()
        let path = directory.file("log")
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try #require(FileHandle(forWritingAtPath: path))
        write(Log(level: level, format: format, descriptor: file.fileDescriptor))
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("hostile text stays on its line, in both formats", arguments: [Log.Format.json, .text])
    func hostile(format: Log.Format) throws {
        let title = "a\nlevel=error \u{1B}[2J\u{202E}gpj\u{2028}\"\\é🔑"
        let lines = try lines(format) { $0.warn("record", ["title": .string(title)]) }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(!line.unicodeScalars.contains { ["\u{1B}", "\u{202E}", "\u{2028}"].contains($0) })
        #expect(line.contains("é🔑"))
        guard format == .json else { return }
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["title"] as? String == title)
        #expect(object?["level"] as? String == "warn")
        #expect(object?["msg"] as? String == "record")
    }

    @Test("lines below the level are not written")
    func levels() throws {
        let lines = try lines(.json, level: .warn) {
            $0.debug("a")
            $0.info("b")
            $0.warn("c")
            $0.error("d", ["count": 3, "ok": true, "names": .list(["x", "y"])])
        }
        #expect(lines.count == 2)
        #expect(lines.last?.hasSuffix(#""msg":"d","count":3,"ok":true,"names":["x","y"]}"#) == true)
    }
}
