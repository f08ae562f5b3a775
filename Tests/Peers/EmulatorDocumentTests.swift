import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// What `docs/emulator.md` says is what the emulator does.
@Suite("docs/emulator.md")
struct EmulatorDocumentTests {
    private let text: String

    init() throws {
        text = try String(contentsOfFile: Checkout.root + "/docs/emulator.md", encoding: .utf8)
    }

    /// The texts of the fenced blocks in a language.
    private func blocks(_ language: String) -> [String] {
        text.components(separatedBy: "```").enumerated()
            .filter { $0.offset % 2 == 1 && $0.element.hasPrefix(language + "\n") }
            .map { String($0.element.dropFirst(language.count + 1)) }
    }

    /// What stands in backquotes in the first column of the table with this heading.
    private func firstColumn(_ heading: String) throws -> [[String]] {
        let start = try #require(text.range(of: "| \(heading) | "))
        let lines = text[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropFirst(2).prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|")[0].matches(of: /`([^`]+)`/).map { String($0.1) }
        }
    }

    private func flags(_ text: some StringProtocol) -> Set<String> {
        Set(String(text).matches(of: /(?:^|[\s\[])(--[a-z][a-z-]*)/).map { String($0.1) })
    }

    @Test("the table names all options of the emulator, and no others")
    func options() throws {
        let help = try run(Checkout.product("keeper-emulator"), ["--help"])
        let section = try #require(help.output.range(of: "OPTIONS:"))
        let real = Set(
            help.output[section.upperBound...].matches(of: /\n  (?:-h, )?(--[a-z-]+)/).map { String($0.1) })
        #expect(Set(try firstColumn("option").flatMap { $0 }) == real.subtracting(["--help"]))
    }

    @Test("every command in it has the flags that are given to it")
    func commands() throws {
        var checked = 0
        for line in blocks("sh").joined().replacing("\\\n", with: " ").split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let program = words.first, program.hasPrefix("keeper-") else { continue }
            let verb = program == "keeper-injector" ? [try #require(words.dropFirst().first)] : []
            let help = try run(Checkout.product(program), verb + ["--help"])
            #expect(help.status == 0, "\(line)")
            #expect(flags(line).subtracting(flags(help.output)) == [], "\(line)")
            checked += 1
        }
        #expect(checked == 5)
    }

    @Test("the vault file in it loads")
    func vaultFile() throws {
        let yaml = try #require(blocks("yaml").first)
        let vault = try EmulatorVault(yaml: yaml)
        #expect(vault.records.map(\.title) == ["Web certificate", "Payments database", "Noise"])
        #expect(vault.folders.map(\.name) == ["Production", "Europe"])
        #expect(try vault.record("Web certificate").isSharedDirectly)
    }

    @Test("every fault in its table is known")
    func faults() throws {
        let rows = try firstColumn("kind")
        #expect(rows.count == 14)
        for spec in rows.flatMap({ $0 }) { _ = try Fault(parsing: spec) }
        for spec in ["500", "throttle=3*2", "reset@get_secret*1", "hang@file"] {
            #expect(text.contains("`\(spec)`"))
            #expect(try Fault(parsing: spec).description == spec)
        }
    }

    @Test("every request in its table is answered, and so is every curl command")
    func requests() throws {
        var options = EmulatorOptions()
        options.pagePort = 0
        let emulator = try Emulator.start(options: options)
        let base = "http://127.0.0.1:\(try #require(emulator.pagePort))"
        let rows = try firstColumn("request").compactMap(\.first)
        #expect(rows.count == 12)
        for row in rows {
            let parts = row.split(separator: " ").map(String.init)
            let path = parts[1].replacing("UID", with: "NoSuchRecord0000000001")
            let arguments = ["-sS", "-X", parts[0], base + path] + (parts[0] == "GET" ? [] : ["-d", "{}"])
            let answer = try run(Peers.curl, arguments)
            #expect(!answer.output.isEmpty && !answer.output.contains("there is no \(parts[0])"), "\(row)")
        }
        let commands = blocks("sh").joined().split(separator: "\n").filter { $0.hasPrefix("curl ") }
        #expect(commands.count == 4)
        for command in commands {
            let line = String(command).replacing("http://127.0.0.1:8000", with: base).replacing(
                "curl ", with: "curl -sSf ")
            let result = try run("sh", ["-c", line])
            #expect(result.status == 0, "\(line): \(result.errors)")
        }
        #expect(emulator.faults == [try Fault(parsing: "throttle=3*2")])
        let record = try emulator.vault.record("PaymentsDatabase000001")
        #expect(record.fields.first { $0.type == "password" }?.value == ["changed"])
    }
}
