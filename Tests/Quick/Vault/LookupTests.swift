import Plan
import SecretMemory
import Testing
import Vault

@Suite("Look-ups in a vault")
struct LookupTests {
    private let vault = Vault(
        records: [
            record("U1", "database"), record("U2", "twin"), record("U3", "twin"), record("U4", "U2"),
            record("U5", "caf\u{E9}"), record("U6", "cafe\u{301}"),
        ],
        damaged: [Vault.Damage(kind: .record, uid: "U7", reason: "does not decrypt")])

    private static func record(_ uid: String, _ title: String) -> Record {
        Record(
            uid: uid, title: title, type: "login",
            fields: [Field(type: "login", values: []), Field(type: "text", label: "port", values: [])],
            custom: [Field(type: "text", label: "colour", values: [])],
            attachments: [("F1", "a.txt"), ("F2", "b.txt")].map {
                .init(
                    uid: $0, name: $1, title: "A", mediaType: "", size: 0, lastModified: 0, url: "",
                    key: SecretBytes([]))
            })
    }

    private func error(_ notation: String) throws -> LookupError {
        try #require(throws: LookupError.self) { try vault.values(of: Notation(notation)) }
    }

    @Test("a uid beats a title, and letters are compared byte by byte")
    func order() throws {
        #expect(try vault.record("U2", strict: true).record.uid == "U2")
        #expect(try vault.record("database", strict: true).record.uid == "U1")
        #expect(try vault.record("caf\u{E9}", strict: true).record.uid == "U5")
        #expect(try vault.record("cafe\u{301}", strict: true).record.uid == "U6")
    }

    @Test("of two records of one title the first is taken and the others are named, unless strict")
    func twins() throws {
        let found = try vault.record("twin", strict: false)
        #expect(found.record.uid == "U2")
        #expect(found.ambiguous == ["U3"])
        let error = try #require(throws: LookupError.self) { try vault.record("twin", strict: true) }
        #expect(error == .ambiguousTitle("twin", uids: ["U2", "U3"]))
        #expect(error.message.contains("U2, U3"))
        #expect(error.hint?.contains("uid") == true)
        #expect(error.exitCode == .failed)
    }

    @Test("an unknown title names the nearest, a record that cannot be read its reason")
    func missing() throws {
        let error = try #require(throws: LookupError.self) { try vault.record("databse", strict: false) }
        #expect(error.hint == "did you mean 'database'?")
        #expect(error.exitCode == .notFound)
        let far = try #require(throws: LookupError.self) { try vault.record("zzzzzzzzz", strict: false) }
        #expect(far.hint?.contains("1 records of the application could not be decrypted") == true)
        let damaged = try #require(throws: LookupError.self) { try vault.record("U7", strict: false) }
        #expect(damaged == .unreadable(uid: "U7", reason: "does not decrypt"))
    }

    @Test("a field in the other list, a missing one and a missing file tell the way out")
    func parts() throws {
        #expect(try error("U1/field/colour").hint == "write 'custom_field/colour'")
        #expect(try error("U1/custom_field/port").hint == "write 'field/port'")
        #expect(try error("U1/field/logn").hint == "did you mean 'login'?")
        #expect(try error("U1/field/port[0]").exitCode == .notFound)
        #expect(try error("U1/file/a.tx").hint?.hasPrefix("did you mean 'a.txt'") == true)
        #expect(try error("U1/file/A") == .ambiguousFile("A", record: "database", uids: ["F1", "F2"]))
        guard case .attachment(let file) = try vault.values(of: Notation("U1/file/b.txt")) else {
            Issue.record("no attachment")
            return
        }
        #expect(file.uid == "F2")
    }

    @Test("a hostile title is shown on one line")
    func hostile() throws {
        let vault = Vault(records: [LookupTests.record("U1", "da\u{1B}[2Jtabase\n\u{202E}x")])
        let error = try #require(throws: LookupError.self) {
            try vault.record("da\u{1B}[2Jtabase\n\u{202E}", strict: false)
        }
        for text in [error.message, error.hint ?? ""] {
            #expect(!text.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E }, "\(text)")
        }
    }

    @Test("a record of odd shapes is read as far as it goes")
    func oddShapes() throws {
        let text = #"""
            {"title":7,"type":null,"fields":[1,{"type":3,"label":4,"value":"x"},{"value":[null,[]]}],
            "custom":{"a":1},"notes":[]}
            """#
        let record = try #require(
            Record(uid: "U", data: JSONDocument(parsing: SecretBytes(text.utf8)).root))
        #expect(record.title == "" && record.type == "" && record.notes == nil)
        #expect(record.fields.map(\.values.count) == [0, 2])
        #expect(record.custom.isEmpty)
        #expect(try Record(uid: "U", data: JSONDocument(parsing: SecretBytes("[]".utf8)).root) == nil)
    }
}
