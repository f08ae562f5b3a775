import Foundation
import GoTemplate
import SecretMemory
import TemplateSyntax
import TestSupport
import Testing

/// Templates against Helm's engine: Go's own text/template with Sprig.
@Suite("Templates and Go's engine")
struct TemplateOracleTests {
    /// A template with its data and what Go made of it: `out`, or an `error`.
    struct Case: Decodable {
        let name: String
        let text: String
        let out: String?
        let error: String?
    }

    @Test("every case gives the same bytes as Go's engine, or is listed in docs/template-differences.md")
    func sameBytes() throws {
        let command = try run(
            try Peers.python, [Peers.script("template_oracle.py"), "cases"])
        #expect(command.status == 0, "\(command.errors.suffix(500))")
        let listed = try TemplateDifferences.listed()
        #expect(listed.count <= 10)

        var language = 0
        var functions: [String: Int] = [:]
        var unlisted: Set<String> = []
        for line in command.output.split(separator: "\n") {
            let line = Data(String(line).utf8)
            let expected = try JSONDecoder().decode(Case.self, from: line)
            let word = String(expected.name.prefix { $0 != " " })
            if word == "language" { language += 1 } else { functions[word, default: 0] += 1 }
            guard let difference = try Self.difference(line, expected) else { continue }
            unlisted.insert(expected.name)
            #expect(listed.contains(expected.name), "\(expected.name) \(expected.text): \(difference)")
        }
        #expect(language >= 250)
        #expect(language + functions.values.reduce(0, +) >= 600)
        for name in FunctionTable.offered.values where ![.go, .ours].contains(name.family) {
            #expect(functions[name.name, default: 0] >= 2, "too few cases of \(name.name)")
        }
        #expect(unlisted == listed, "docs/template-differences.md lists what is no difference")
    }

    @Test("20 seconds of mutated templates: no crash, no hang, the limits hold")
    func fuzz() throws {
        let result = try run(
            try Peers.python,
            [Peers.script("template_fuzz.py"), Checkout.product("template-probe"), "20", "7"])
        #expect(result.status == 0, "\(result.errors.prefix(1_000))")
    }

    private static func difference(_ line: Data, _ expected: Case) throws -> String? {
        let input = try JSONDocument(parsing: SecretBytes([UInt8](line)))
        let data = try #require(input.root["data"])
        do throws(TemplateError) {
            let made = try Template(parsing: expected.text).render(.json(data))
            let text = made.output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            guard let out = expected.out else { return "Go refuses it: \(expected.error ?? "")" }
            return text.utf8.elementsEqual(out.utf8)
                ? nil : "Go makes \(out.debugDescription), we \(text.debugDescription)"
        } catch {
            return expected.out.map { "Go makes \($0.debugDescription), we refuse it: \(error.message)" }
        }
    }
}

/// What `docs/template-differences.md` admits: rows that begin with the name of a case.
enum TemplateDifferences {
    static func listed() throws -> Set<String> {
        let text = try String(
            contentsOfFile: Checkout.root + "/docs/template-differences.md", encoding: .utf8)
        return Set(
            text.split(separator: "\n").compactMap { line in
                let parts = line.split(separator: "`")
                return line.hasPrefix("| `") && parts.count > 1 ? String(parts[1]) : nil
            })
    }
}
