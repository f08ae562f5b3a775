import Plan
import Render
import SecretMemory
import Testing
import Vault

@Suite("Environment variables of a record")
struct EnvironmentTests {
    private func selection(
        _ record: String = "db", prefix: String = "", names: [FieldName] = [], fields: [String] = []
    ) -> Selection {
        var selection = Selection(
            origin: "secret", target: .record(record), output: .noFile, format: .json)
        selection.environment = EnvironmentVariables(prefix: prefix, names: names)
        selection.fields = fields
        return selection
    }

    private func environment(
        _ selections: Selection..., records: [Record]
    ) throws -> RenderedEnvironment {
        try Renderer(vault: Vault(records: records), strictLookup: false).environment(of: selections)
    }

    private func failure(_ selections: Selection..., records: [Record]) throws -> RenderFailure {
        try #require(throws: RenderFailure.self) {
            try Renderer(vault: Vault(records: records), strictLookup: false).environment(of: selections)
        }
    }

    @Test(
        "are named by prefix and key in capitals; other characters become _, a digit in front gets one",
        arguments: [
            ("login", "", "LOGIN"), ("API Key", "", "API_KEY"),
            ("Region/Zone [1]", "X_", "X_REGION_ZONE__1_"),
            ("2fa", "", "_2FA"), ("2fa", "DB_", "DB_2FA"), ("é", "", "_"), ("", "", "_"),
            ("a.b-c", "p_", "p_A_B_C"),
            ("_x", "", "_X"),
        ])
    func naming(key: String, prefix: String, name: String) {
        #expect(EnvironmentVariables.name(for: key, prefix: prefix) == name)
    }

    @Test("hold the field's bytes; several values are compact JSON; envKeys names some, fields chooses")
    func values() throws {
        let record = try Sample.record(Sample.database)
        let found = try environment(
            selection(prefix: "DB_", names: [FieldName(field: "password", name: "PGPASSWORD")]),
            records: [record])
        let shown = Dictionary(uniqueKeysWithValues: found.entries.map { ($0.name, $0.value.text) })
        #expect(shown["DB_LOGIN"] == "admin")
        #expect(shown["PGPASSWORD"] == "a<b>&'c é/")
        #expect(shown["DB_HOST"] == #"{"hostName":"db.local","port":"5432"}"#)
        #expect(shown["DB_PHONE"] == #"[{"number":"1"},{"number":"2"}]"#)
        #expect(shown["DB_NIL"] == "")
        #expect(found.entries.filter(\.replaces).map(\.name) == ["PGPASSWORD"])
        let few = try environment(selection(fields: ["login", "API Key"]), records: [record])
        #expect(few.names == ["LOGIN", "API_KEY"])
    }

    @Test("two fields that become one variable are an error with both names, of one record or of two")
    func twice() throws {
        let same = try failure(
            selection(), records: [try Sample.record([("a b", "hidden-1"), ("a-b", "hidden-2")])])
        #expect(
            same.message.contains("A_B") && same.message.contains("\"a b\"")
                && same.message.contains("\"a-b\""))
        #expect(same.hint?.contains("envPrefix") == true && !same.message.contains("hidden"))
        let records = [
            try Sample.record(uid: "u1", title: "one", [("login", "1")]),
            try Sample.record(uid: "u2", title: "two", [("login", "2")]),
        ]
        let two = try failure(selection("one"), selection("two"), records: records)
        #expect(
            two.message.contains("\"one\"") && two.message.contains("\"two\"")
                && two.message.contains("LOGIN"))
        #expect(
            try environment(selection("one"), selection("two", prefix: "B_"), records: records).names.count
                == 2)
        // One record by its title and by its uid is no contradiction.
        #expect(try environment(selection("one"), selection("u1"), records: records).names == ["LOGIN"])
    }

    @Test("what no environment can hold is an error with record and field, never the value")
    func impossible() throws {
        let nul = try failure(selection(), records: [try Sample.record([("pin", "hid\u{0}den")])])
        #expect(
            nul.message.contains("NUL") && nul.message.contains("\"pin\"") && nul.message.contains("\"db\""))
        #expect(!nul.message.contains("hid\u{0}"))
        let long = String(repeating: "v", count: 128 * 1024)
        let tooLong = try failure(selection(), records: [try Sample.record([("big", long)])])
        #expect(tooLong.message.contains("\"big\"") && !tooLong.message.contains("vvvv"))
        // The kernel's limit counts name, =, value and the end.
        let fits = String(repeating: "v", count: 128 * 1024 - 5)
        #expect(try environment(selection(), records: [try Sample.record([("big", fits)])]).names == ["BIG"])
        let many = (0..<12).map { ("f\($0)", String(repeating: "v", count: 100_000)) }
        #expect(
            try failure(selection(), records: [try Sample.record(many)]).message.contains("together"))
        let unknown = try failure(
            selection(names: [FieldName(field: "logn", name: "X")]),
            records: [try Sample.record([("login", "a")])])
        #expect(unknown.message.contains("logn") && unknown.hint?.contains("login") == true)
    }

    @Test("a name that shells or the loader act on is warned of")
    func meaning() throws {
        let record = try Sample.record([("path", "/x"), ("ld_preload", "y")])
        #expect(try environment(selection(), records: [record]).warnings.count == 2)
        #expect(try environment(selection(prefix: "DB_"), records: [record]).warnings.isEmpty)
    }
}
