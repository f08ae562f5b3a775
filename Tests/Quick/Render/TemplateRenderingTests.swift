import Plan
import Render
import SecretMemory
import Testing
import Vault

@Suite("Rendering templates of records")
struct TemplateRenderingTests {
    private struct Refused: ExplainedError {
        var message: String { "refused" }
        var exitCode: CommandStatus { .unreachable }
    }

    private func render(
        _ source: String, _ record: Record, strict: Bool = false, earlier: [RenderedFile] = []
    ) throws -> RenderedFile {
        let selection = Selection(
            origin: "config", target: .record("db"), output: .path(try AbsolutePath("/app/x")),
            format: .template(source))
        return try Renderer(
            vault: Vault(records: [record]), strictLookup: false, strictTemplates: strict,
            earlier: earlier.volatile
        ).render(selection) { _ throws(Refused) in throw Refused() }
    }

    private func text(_ file: RenderedFile) -> String {
        file.content.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("gives the fields by name, and what Keeper calls the record beside them")
    func fields() throws {
        let record = try Sample.record(uid: "u1", Sample.database)
        let made = try render(
            #"{{.login}} {{.Host.port}} {{index . "API Key"}} {{range .phone}}{{.number}}{{end}} [{{.url}}]"#
                + " {{._title}} {{._type}} {{._notes}} {{._uid}}", record)
        #expect(text(made) == "admin 5432 k1 12 [https://db] db login n u1")
    }

    @Test("writes nothing for a key that is not there and says so; with strict-templates it is an error")
    func missing() throws {
        let record = try Sample.record([("a", "1")])
        let made = try render("[{{ .passwort }}] {{ .b | default \"c\" }}", record)
        #expect(text(made) == "[] c")
        #expect(
            made.warnings.first?.message
                == #"the template asks for "passwort", which record "db" does not have"#)
        let error = try #require(throws: RenderError.self) {
            try render("a\n {{ .passwort }}", record, strict: true)
        }
        #expect(error.message.hasPrefix("config: template, line 2, column "))
        #expect(error.exitCode == .configuration)
    }

    @Test("names no value when a function fails")
    func failure() throws {
        let record = try Sample.record([("a", "s3cret-value")])
        for source in ["{{ mustToDate \"2006\" .a }}", "{{ atoi .a | until | index .a }}", "{{ fail .a }}"] {
            let error = try #require(throws: RenderError.self) { try render(source, record) }
            #expect(!error.message.contains("s3cret"), "\(error.message)")
        }
    }

    @Test("names no number of the record either, which may be a PIN")
    func failureOfNumbers() throws {
        let record = try Sample.record([("pin", "48151623"), ("a", "x")])
        for source in [
            "{{ index .a (int .pin) }}", "{{ slice (list 1) (int .pin) }}",
            "{{ chunk (int .pin | sub 0 | int) (list 1) }}",
            "{{ substr (int .pin) 1 .a }}", "{{ randInt (int .pin) 1 }}", "{{ repeat (int .pin) .a }}",
            "{{ until (int .pin) }}", "{{ indent (int .pin) .a }}", "{{ div 1 (sub (int .pin) 48151623) }}",
        ] {
            let error = try #require(throws: RenderError.self, "\(source)") { try render(source, record) }
            #expect(!error.message.contains("48151623"), "\(error.message)")
        }
    }

    @Test("keeps what random functions made until the record changes")
    func volatile() throws {
        var record = try Sample.record(uid: "u1", [("a", "1")])
        record.revision = 7
        let source = "{{ .a }} {{ randAlphaNum 30 }}"
        let first = try render(source, record)
        #expect(text(try render(source, record, earlier: [first])) == text(first))
        #expect(text(try render(source, record)) != text(first))
        #expect(text(try render(source + "!", record, earlier: [first])) != text(first) + "!")
        record.revision = 8
        let changed = try render(source, record, earlier: [first])
        #expect(text(changed) != text(first))
        let plain = try render("{{ .a }}", record)
        #expect(plain.source.volatileTemplate == nil)
    }

    @Test("stops at its limits")
    func limits() throws {
        let record = try Sample.record([("a", "1")])
        for source in [
            "{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}",
            #"{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}"#,
            #"{{ repeat 2000000 "x" }}"#,
            #"{{ range until 90 }}{{ repeat 100000 "x" }}{{ end }}"#,
            #"{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toJson $d }}"#,
            #"{{ $x := "xxxxxxxxxx" }}{{ range until 64 }}{{ $x = cat $x $x }}{{ end }}"#,
            #"{{ regexFind "(((a{0,30}){0,30}){0,30})$" (repeat 5000 "a") }}"#,
        ] {
            #expect(throws: RenderError.self, "\(source)") { try render(source, record) }
        }
    }
}
