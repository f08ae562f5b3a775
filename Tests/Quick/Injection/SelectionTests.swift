import Injection
import Plan
import Testing

@Suite("Selections")
struct SelectionTests {
    /// The one selection of `secret-KEY: value`.
    private func selection(_ key: String, _ value: String) throws -> Selection {
        let plan = try AnnotationParserTests.plan(["secret-" + key: value])
        return try #require(plan.selections.first)
    }

    private func path(_ text: String) throws -> Selection.Output { .path(try AbsolutePath(text)) }

    @Test(
        "of whole records are JSON",
        arguments: [
            ("db", "/app/db.json", "db", "/app/db.json"),
            ("db", "database-credentials:/app/db.json", "database-credentials", "/app/db.json"),
            ("db", "  My Record : prod:/app/db.json ", "My Record : prod", "/app/db.json"),
            ("db", "https://example.com:/app/db.json", "https://example.com", "/app/db.json"),
            ("db", "a:/b:/app/db", "a:/b", "/app/db"),
            ("db", "Team/eu:/app/db", "Team/eu", "/app/db"),
            ("db", #"list\[1\]:/app/db"#, "list[1]", "/app/db"),
            ("db", #"DOMAIN\user:/app/db"#, #"DOMAIN\user"#, "/app/db"),
            ("db", "[draft] db:/app/db", "[draft] db", "/app/db"),
            ("path", "/app/db", "path", "/app/db"), ("Größe", "/app/db", "Größe", "/app/db"),
            ("secrets-path", "/app/db", "secrets-path", "/app/db"),
        ])
    func records(key: String, value: String, record: String, file: String) throws {
        let selection = try selection(key, value)
        #expect(selection.target == .record(record))
        #expect(selection.output == (try path(file)))
        #expect(selection.format == .json)
        #expect(selection.origin == "secret-" + key)
    }

    @Test(
        "of one field are raw",
        arguments: [
            ("db[password]:/app/p", "db", "password"),
            ("my [old] db[API Key]:/app/p", "my [old] db", "API Key"),
            (#"db[a\[0\]]:/app/p"#, "db", "a[0]"), ("db[https://x]:/app/p", "db", "https://x"),
            ("db [ password ] :/app/p", "db", "password"), ("db[a:/b]:/app/p", "db", "a:/b"),
        ])
    func fields(value: String, record: String, field: String) throws {
        let selection = try selection("p", value)
        #expect(selection.target == .field(record: record, name: field))
        #expect(selection.output == (try path("/app/p")))
        #expect(selection.format == .raw)
    }

    @Test(
        "in notation are raw, in the secrets-path if no other is given",
        arguments: [
            ("keeper://db/field/password", "keeper://db/field/password", "/keeper/secrets/k"),
            ("keeper://db/field/password:/app/p", "keeper://db/field/password", "/app/p"),
            ("KEEPER://db/custom_field/x[0][y]:/app/p", "KEEPER://db/custom_field/x[0][y]", "/app/p"),
            ("db/field/password", "db/field/password", "/keeper/secrets/k"),
            ("db/custom_field/x:/app/p", "db/custom_field/x", "/app/p"),
            (#"keeper://a\/b/notes:/app/p"#, #"keeper://a\/b/notes"#, "/app/p"),
            ("keeper://db/file/tls.crt:/app/p", "keeper://db/file/tls.crt", "/app/p"),
            ("keeper://a:b/field/url:/app/p", "keeper://a:b/field/url", "/app/p"),
        ])
    func notation(value: String, notation: String, file: String) throws {
        let selection = try selection("k", value)
        #expect(selection.target == .notation(try Notation(notation)))
        #expect(selection.output == (try path(file)))
        #expect(selection.format == .raw)
    }

    @Test(
        "by folder path carry the folders beside the notation",
        arguments: [
            ("keeper://Team/db/field/password:/app/p", ["Team"], "keeper://db/field/password"),
            ("Team/Sub/db/field/password:/app/p", ["Team", "Sub"], "keeper://db/field/password"),
            ("Team/db/custom_field/x", ["Team"], "keeper://db/custom_field/x"),
            (#"keeper://A\/B/Sub/db/notes"#, ["A/B", "Sub"], "keeper://db/notes"),
        ])
    func folders(value: String, folder: [String], notation: String) throws {
        let selection = try selection("x", value)
        #expect(selection.target == .notation(try Notation(notation), folder: folder))
        #expect(
            try AnnotationParserTests.mistakes(["secret-x": "A//B/db/field/x"]).first?.problem
                == "has an empty folder name")
    }

    @Test(
        "that make no sense are refused with what was meant",
        arguments: [
            ("", "is empty"), ("db", "names no path"), ("https://example.com", "names no path"),
            ("db[password]", "names no path"), ("db:app/x", "the path \"app/x\" does not start with '/'"),
            ("db:../x", "the path \"../x\" does not start with '/'"),
            (":/app/x", "names no record before the path"),
            ("[password]:/app/x", "names no record before '['"),
            ("db[]:/app/x", "names no field between '[' and ']'"),
            ("db]:/app/x", "has ']' but no '[' before it"),
            ("db[password:/app/x", "has '[' but no ']' behind it"),
            ("db:/app/x/", "the path \"/app/x/\" ends with '/', as that of a directory"),
            ("db:/app/../x", "the path contains '.' or '..'"),
            ("db:/app/./x", "the path contains '.' or '..'"),
            ("/", "the path \"/\" ends with '/', as that of a directory"),
            ("db:/app/a\u{0}b", "contains a control character"),
            ("db\n:/app/a", "contains a control character"),
            ("keeper://", "is no Keeper notation: the record is missing after 'keeper://'"),
            ("db:/app/..data", "\"..data\" begins with '..', as the injector's own names do"),
            ("db:/keeper/secrets/..x/y", "\"..x\" begins with '..', as the injector's own names do"),
            ("db:/keeper/secrets", "\"/keeper/secrets\" is the secrets-path, a directory"),
        ])
    func refused(value: String, problem: String) throws {
        let mistakes = try AnnotationParserTests.mistakes(["secret-x": value])
        #expect(mistakes.map(\.problem) == [problem])
        #expect(mistakes.first?.expected != nil)
    }

    @Test("with names that are none are refused", arguments: ["", "a/b", "..", "."])
    func names(key: String) throws {
        #expect(try AnnotationParserTests.mistakes(["secret-" + key: "keeper://r/field/x"]).count == 1)
    }

    @Test("by paths over 4,096 bytes are refused")
    func longPath() throws {
        let long = "db:/app" + String(repeating: "/x", count: 2_050)
        #expect(
            try AnnotationParserTests.mistakes(["secret-x": long]).map(\.problem) == [
                "the path longer than 4,096 bytes"
            ])
    }

    @Test("of a list become one file each")
    func list() throws {
        let parsed = try AnnotationParserTests.parse([
            "secrets": "database-credentials, API Keys ,QabbPIdM8Unw4hwVM-F8VQ,"
        ])
        let selections = try #require(parsed.plan).selections
        #expect(
            selections.map(\.output) == [
                try path("/keeper/secrets/database-credentials.json"),
                try path("/keeper/secrets/api-keys.json"),
                .namedByTitle(directory: .defaultSecretsPath, suffix: ".json"),
            ])
        #expect(selections.allSatisfy { $0.origin == "secrets" && $0.format == .json })
        #expect(parsed.warnings.map(\.message) == ["ends with a comma"])
        let twice = try AnnotationParserTests.parse(["secrets": "a,b,a", "secret": "b"])
        #expect(twice.plan?.selections.map(\.target) == [.record("b"), .record("a")])
        #expect(
            twice.warnings.map(\.message) == [
                "asks for the same file as keeper.security/secret", "names \"a\" twice",
            ])
        #expect(
            try AnnotationParserTests.mistakes(["secrets": "a,,b, ,c"]).map(\.problem) == [
                "entry 2 is empty", "entry 4 is empty",
            ])
        #expect(try AnnotationParserTests.mistakes(["secrets": " "]).map(\.problem) == ["is empty"])
        #expect(
            try AnnotationParserTests.mistakes(["secret": "keeper://a/field/b"]).first?.example?.contains(
                "secret-password") == true)
    }

    @Test("of titles without a letter are named by their uid, when it is known")
    func namedLater() throws {
        let plan = try AnnotationParserTests.plan(["secret": "🔑"])
        #expect(
            plan.selections.first?.output == .namedByTitle(directory: .defaultSecretsPath, suffix: ".json"))
        #expect(
            try AnnotationParserTests.plan(["secret": "../../etc/passwd"]).selections.first?.output
                == (try path("/keeper/secrets/etc-passwd.json")))
    }
}
