import Plan
import SecretMemory
import Testing
import Vault

@Suite("Folders of a vault")
struct FolderTests {
    /// Two teams have a folder of one name; `A/B` is one name; `back\slash` another; a ring hangs loose.
    private let vault = Vault(
        records: [
            record("R1", "db", "F2"), record("R2", "db", "F4"), record("R3", "mail", "F3"),
            record("R4", "deep", "F6"), record("R5", "twice", "F2", "F6"), record("R6", "loose", nil),
            record("R7", "snow", "F8"), record("R8", "slashed", "F7"),
        ],
        folders: FolderTree([
            Folder(uid: "F1", name: "Payments", parentUID: nil),
            Folder(uid: "F2", name: "Databases", parentUID: "F1"),
            Folder(uid: "F3", name: "Orders", parentUID: nil),
            Folder(uid: "F4", name: "Databases", parentUID: "F3"),
            Folder(uid: "F5", name: "A/B", parentUID: "F2"),
            Folder(uid: "F6", name: "../etc", parentUID: "F5"),
            Folder(uid: "F7", name: "back\\slash", parentUID: "F3"),
            Folder(uid: "F8", name: "Ünïcödé ☃", parentUID: nil),
            Folder(uid: "F9", name: "ring", parentUID: "F10"),
            Folder(uid: "F10", name: "ring", parentUID: "F9"),
            Folder(uid: "F11", name: "Orders", parentUID: nil),
            Folder(uid: "F12", name: "Empty", parentUID: "F11"),
        ]))

    private static func record(_ uid: String, _ title: String, _ folders: String?...) -> Record {
        var record = Record(uid: uid, title: title, type: "login", fields: [], custom: [])
        record.folderUID = "F0"
        record.innerFolderUID = folders[0]
        if folders[0] == nil { record.folderUID = nil }
        record.otherFolderUIDs = folders.dropFirst().compactMap(\.self)
        return record
    }

    @Test(
        "a path of names finds the record of that folder alone",
        arguments: [
            (["Payments", "Databases"], "db", "R1"), (["Orders", "Databases"], "db", "R2"),
            (["Payments", "Databases", "A/B", "../etc"], "twice", "R5"),
            (["Payments", "Databases"], "R5", "R5"), (["Ünïcödé ☃"], "snow", "R7"),
            (["Orders", "back\\slash"], "slashed", "R8"),
        ])
    func paths(path: [String], name: String, uid: String) throws {
        #expect(try vault.record(name, in: path, strict: true).record.uid == uid)
    }

    @Test("a folder that is not there is named with the nearest beside it")
    func missing() throws {
        let error = try #require(throws: LookupError.self) {
            try vault.record("db", in: ["Payments", "Database"], strict: false)
        }
        #expect(error.message == "no folder has the path 'Payments/Database'")
        #expect(error.hint == "did you mean 'Databases'?")
        #expect(error.exitCode == .notFound)
        // Case counts.
        #expect(throws: LookupError.self) { try vault.record("db", in: ["payments"], strict: false) }
    }

    @Test("a record of another folder is not found by a path")
    func elsewhere() throws {
        let error = try #require(throws: LookupError.self) {
            try vault.record("mail", in: ["Payments", "Databases"], strict: false)
        }
        #expect(error.message.hasPrefix("no record has the title or uid 'mail'"))
        #expect(error.exitCode == .notFound)
    }

    @Test("folders of one path are all meant, also where one of them has no such child")
    func twins() throws {
        #expect(try vault.folders(at: ["Orders"]) == ["F3", "F11"])
        #expect(try vault.folders(at: ["Orders", "Databases"]) == ["F4"])
        #expect(try vault.folders(at: ["Orders", "Empty"]) == ["F12"])
    }

    @Test("rings of folders end")
    func rings() {
        #expect(vault.folders.withDescendants(of: "F9") == ["F9", "F10"])
        #expect((vault.folders.path(of: "F9") ?? []).count <= 13)
        #expect(vault.folders.uids(at: ["ring"]).isEmpty)
    }

    @Test("a renamed record is named with its new title and uid")
    func renamed() throws {
        var vault = vault
        vault.formerTitles = ["database": "R1"]
        let error = try #require(throws: LookupError.self) { try vault.record("database", strict: false) }
        #expect(error.message == "the record 'database' was renamed: R1 has the title 'db' now")
        #expect(error.hint?.contains("'R1'") == true)
        #expect(try vault.record("R1", strict: false).record.title == "db")
    }
}
