import Plan
import Render
import SecretMemory
import Testing
import Vault

@Suite("Rendering")
struct RendererTests {
    /// An attachment that cannot be fetched.
    private struct Refused: ExplainedError {
        var message: String { "refused" }
        var exitCode: CommandStatus { .unreachable }
    }

    private func vault(_ records: Record...) -> Vault { Vault(records: records) }

    private func file(
        _ target: Selection.Target, _ format: Format, in vault: Vault, strict: Bool = false,
        limits: RenderLimits = RenderLimits()
    ) throws -> RenderedFile {
        let selection = Selection(
            origin: "secret-x", target: target, output: .path(try AbsolutePath("/app/x")), format: format)
        return try Renderer(vault: vault, strictLookup: strict, limits: limits)
            .render(selection) { _ throws(Refused) in throw Refused() }
    }

    private func error(
        _ target: Selection.Target, _ format: Format, in vault: Vault, strict: Bool = false,
        limits: RenderLimits = RenderLimits()
    ) throws -> RenderError {
        try #require(throws: RenderError.self) {
            try file(target, format, in: vault, strict: strict, limits: limits)
        }
    }

    @Test("as json is exactly this")
    func json() throws {
        let file = try file(.record("db"), .json, in: vault(try Sample.record(Sample.database)))
        #expect(
            file.content.text == """
                {
                  "API Key": "k1",
                  "Host": {
                    "hostName": "db.local",
                    "port": "5432"
                  },
                  "login": "admin",
                  "nil": null,
                  "on": true,
                  "password": "a<b>&'c é/",
                  "phone": [
                    {
                      "number": "1"
                    },
                    {
                      "number": "2"
                    }
                  ],
                  "url": "https://db",
                  "when": 1.50e3
                }

                """)
        #expect(file.path.description == "/app/x")
        #expect(file.warnings.count == 2)
        #expect(
            try self.file(.record("db"), .json, in: vault(try Sample.record(#"{"title":"db"}"#))).content.text
                == "{}\n")
    }

    @Test("as env is exactly this")
    func env() throws {
        let file = try file(.record("db"), .env, in: vault(try Sample.record(Sample.database)))
        #expect(
            file.content.text == #"""
                API_KEY=k1
                HOST='{"hostName":"db.local","port":"5432"}'
                LOGIN=admin
                NIL=
                ON=true
                PASSWORD='a<b>&'\''c é/'
                PHONE='[{"number":"1"},{"number":"2"}]'
                URL=https://db
                WHEN=1.50e3

                """#)
    }

    @Test(
        "as env makes names that shells take",
        arguments: [
            ("API Key", "API_KEY"), ("2fa", "_2FA"), ("größe", "GR__E"), ("a.b-c", "A_B_C"), ("", "TEXT"),
            ("$(x)", "__X_"),
            ("a\nb", "A_B"), ("=", "_"), ("٣", "_"),
        ])
    func envNames(label: String, name: String) throws {
        let file = try file(.record("db"), .env, in: vault(try Sample.record([(label, "v")])))
        #expect(file.content.text == "\(name)=v\n")
    }

    @Test("as env refuses a NUL and two fields of one variable, by name")
    func envErrors() throws {
        let nul = try error(.record("db"), .env, in: vault(try Sample.record([("key", "hunter\u{0}2")])))
        #expect(
            nul.message == #"secret-x: field "key" holds a NUL byte, which no variable of a shell can hold"#)
        let twins = try error(
            .record("db"), .env,
            in: vault(try Sample.record([("API key", "hunter1"), ("api-key", "hunter2")])))
        #expect(
            twins.message == #"secret-x: the fields "API key", "api-key" would all be the variable API_KEY"#)
        #expect(!"\(twins) \(nul)".contains("hunter"))
        let shells = try file(
            .record("db"), .env, in: vault(try Sample.record([("path", "x"), ("uid", "1")])))
        #expect(shells.warnings.count == 2)
    }

    @Test("as raw adds nothing")
    func raw() throws {
        let vault = vault(try Sample.record(Sample.database))
        for (field, text) in [
            ("login", "admin"), ("password", "a<b>&'c é/"),
            ("Host", #"{"hostName":"db.local","port":"5432"}"#),
            ("phone", #"[{"number":"1"},{"number":"2"}]"#), ("on", "true"), ("when", "1.50e3"), ("nil", ""),
        ] {
            #expect(
                try file(.field(record: "db", name: field), .raw, in: vault).content.text == text, "\(field)")
        }
        #expect(
            try file(.field(record: "db", name: "nil"), .raw, in: vault).warnings.map(\.message) == [
                #"field "nil" is empty"#
            ])
        #expect(
            try file(.record("db"), .raw, in: self.vault(try Sample.record([("a", "x\n")]))).content.text
                == "x\n")
        let many = try error(.record("db"), .raw, in: vault)
        #expect(many.message == #"secret-x: record "db" has 9 fields, format raw writes one"#)
        #expect(many.hint?.hasPrefix(#"select one of "login", "password""#) == true)
        #expect(
            try error(.record("db"), .raw, in: self.vault(try Sample.record(#"{"title":"db"}"#))).exitCode
                == .configuration)
    }

    @Test("of one field keeps its name in json and env")
    func oneField() throws {
        let vault = vault(try Sample.record(Sample.database))
        #expect(
            try file(.field(record: "db", name: "API Key"), .json, in: vault).content.text
                == "{\n  \"API Key\": \"k1\"\n}\n")
        #expect(
            try file(.field(record: "db", name: "API Key"), .env, in: vault).content.text == "API_KEY=k1\n")
    }

    @Test("of notation writes its values")
    func notation() throws {
        let vault = vault(try Sample.record(Sample.database))
        for (notation, text) in [
            ("keeper://db/field/phone[][number]", #"["1","2"]"#), ("keeper://db/field/phone[1][number]", "2"),
            ("keeper://db/title", "db"), ("keeper://db/notes", "n"), ("keeper://db/field/url", ""),
            ("keeper://db/field/phone", #"[{"number":"1"},{"number":"2"}]"#),
        ] {
            #expect(
                try file(.notation(try Notation(notation)), .raw, in: vault).content.text == text,
                "\(notation)")
        }
        let titles = Selection.Target.notation(try Notation("keeper://db/title"))
        #expect(try file(titles, .json, in: vault).content.text == "\"db\"\n")
        #expect(
            try error(titles, .env, in: vault).message
                == "secret-x: format env needs the names of a record's fields")
        let missing = try error(.notation(try Notation("keeper://db/field/logn")), .raw, in: vault)
        #expect(missing.exitCode == .notFound)
    }

    @Test("of what is not there names what is like it")
    func missing() throws {
        let vault = vault(
            try Sample.record(Sample.database), try Sample.record(uid: "u2", #"{"title":"twin"}"#),
            try Sample.record(uid: "u3", #"{"title":"twin"}"#))
        let record = try error(.record("dbb"), .json, in: vault)
        #expect(record.exitCode == .notFound)
        #expect(record.hint == "did you mean 'db'?")
        let field = try error(.field(record: "db", name: "pasword"), .raw, in: vault)
        #expect(field.message == #"secret-x: record "db" has no field "pasword""#)
        #expect(field.hint == #"did you mean "password"?"#)
        #expect(field.exitCode == .notFound)
        let typed = try error(.field(record: "db", name: "host"), .raw, in: vault)
        #expect(typed.hint == #"fields of that type have the label "Host": use the label"#)
        #expect(
            try file(.record("twin"), .json, in: vault).warnings.map(\.message) == [
                #"several records have the title "twin": u2 is taken, not u3"#
            ])
        #expect(try error(.record("twin"), .json, in: vault, strict: true).exitCode == .failed)
        #expect(try error(.field(record: "db", name: "title"), .raw, in: vault).hint != nil)
    }

    @Test("of attachments hands over what was fetched, within the limit")
    func attachments() throws {
        var record = try Sample.record(Sample.database)
        record.attachments = [("a.txt", Int64(3)), ("big", 2 << 20), ("liar", 1)].map {
            Attachment(
                uid: $0, name: $0, title: $0, mediaType: "", size: $1, lastModified: 0, url: "",
                key: SecretBytes([]))
        }
        let renderer = Renderer(vault: vault(record), strictLookup: false)
        func render(_ name: String, _ content: [UInt8]) throws -> RenderedFile {
            let selection = Selection(
                origin: "secret-x", target: .notation(try Notation("keeper://db/file/" + name)),
                output: .path(try AbsolutePath("/app/x")), format: .raw)
            return try renderer.render(selection) { file throws(Refused) in
                if file.name == "big" { throw Refused() }
                return SecretBytes(content)
            }
        }
        #expect(try render("a.txt", [0, 255, 10]).content.withUnsafeBytes(Array.init) == [0, 255, 10])
        let big = try #require(throws: RenderError.self) { try render("big", []) }
        #expect(big.message == "secret-x: the file would have 2097152 bytes, at most 1048576 are written")
        let liar = try #require(throws: RenderError.self) {
            try render("liar", [UInt8](repeating: 0, count: 1 << 20 + 1))
        }
        #expect(liar.exitCode == .failed)
        let refused = try error(.notation(try Notation("keeper://db/file/a.txt")), .raw, in: vault(record))
        #expect(refused.message == "secret-x: refused")
        #expect(refused.exitCode == .unreachable)
        let named = try error(.attachment(record: "db", name: "a.txt"), .raw, in: vault(record))
        #expect(named.message == "secret-x: refused")
        let other = try error(.attachment(record: "db", name: "a.text"), .raw, in: vault(record))
        #expect(other.message == "secret-x: record 'db' has no file 'a.text'")
        #expect(other.hint == "did you mean 'a.txt'?" && other.exitCode == .notFound)
    }

    @Test("of a whole Plan tells all errors at once, and two records of one file")
    func whole() throws {
        let vault = vault(
            try Sample.record(uid: "u1", title: "My DB", [("a", "1")]),
            try Sample.record(uid: "u2", title: "my-db", [("a", "2")]),
            try Sample.record(uid: "u3", title: "🔑", [("a", "3")]))
        func render(_ names: String..., limits: RenderLimits = RenderLimits()) throws -> [RenderedFile] {
            let selections = names.map {
                Selection(
                    origin: "secret-" + $0, target: .record($0),
                    output: .namedByTitle(directory: .defaultSecretsPath, suffix: ".json"), format: .json)
            }
            return try Renderer(vault: vault, strictLookup: false, limits: limits)
                .render(selections) { _ throws(Refused) in throw Refused() }
        }
        #expect(
            try render("u1", "u3").map(\.path.description) == [
                "/keeper/secrets/my-db.json", "/keeper/secrets/u3.json",
            ])
        #expect(try render("u1", "My DB").count == 1)
        let failure = try #require(throws: RenderFailure.self) { try render("u1", "u2", "u9", "u3") }
        #expect(failure.errors.map(\.origin) == ["secret-u2", "secret-u9"])
        #expect(
            failure.message.hasPrefix(
                "2 selections cannot be written\n  secret-u2: writes \"/keeper/secrets/my-db.json\", as secret-u1 does"
            ))
        #expect(failure.exitCode == .configuration)
        let size = try #require(throws: RenderFailure.self) {
            try render("u1", "u3", limits: RenderLimits(file: 100, all: 20))
        }
        #expect(size.message.contains("all files together"))
        let large = try #require(throws: RenderFailure.self) {
            try render("u1", limits: RenderLimits(file: 5, all: 20))
        }
        #expect(large.message.contains("the file would have"))
    }
}
