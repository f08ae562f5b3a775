import Plan
import Render
import SecretMemory
import Testing
import Vault

@Suite("Records of folders as files")
struct FolderExpansionTests {
    private let vault: Vault

    init() throws {
        func record(_ uid: String, _ title: String, _ folder: String) throws -> Record {
            var record = try Sample.record(uid: uid, title: title, [("k", "v")])
            record.folderUID = folder
            return record
        }
        vault = Vault(
            records: [
                try record("R1", "DB One", "F1"), try record("R2", "../../etc/passwd", "F1"),
                try record("R3", "deep", "F2"), try record("R4", "deeper", "F3"),
                try record("R5", "other", "F4"),
            ],
            folders: FolderTree([
                Folder(uid: "F1", name: "Prod", parentUID: nil),
                Folder(uid: "F2", name: "../../Sub Dir", parentUID: "F1"),
                Folder(uid: "F3", name: "..", parentUID: "F2"),
                Folder(uid: "F4", name: "Other", parentUID: nil),
            ]))
    }

    private func paths(
        _ folder: FolderSelection.Folder, recursive: Bool = false, format: Format = .json
    ) throws -> [String] {
        var selection = FolderSelection(
            origin: "folder", folder: folder, output: .directory(try AbsolutePath("/app/s")))
        selection.recursive = recursive
        selection.format = format
        let files = try Renderer(vault: vault, strictLookup: true).render(
            vault.selections(of: selection)
        ) { (_) throws(RenderFailure) in SecretBytes([]) }
        return files.map(\.path.description)
    }

    @Test("every record of the folder itself, by path or uid, in the format asked for")
    func flat() throws {
        #expect(try paths(.path(["Prod"])) == ["/app/s/db-one.json", "/app/s/etc-passwd.json"])
        #expect(try paths(.uid("F1"), format: .env) == ["/app/s/db-one.env", "/app/s/etc-passwd.env"])
    }

    @Test("recursive: folders below become directories, whatever they are called")
    func recursive() throws {
        #expect(
            try paths(.uid("F1"), recursive: true) == [
                "/app/s/db-one.json", "/app/s/etc-passwd.json", "/app/s/sub-dir/deep.json",
                "/app/s/sub-dir/F3/deeper.json",
            ])
    }

    @Test("a folder that is not there names the annotation and the way out")
    func missing() throws {
        let byPath = try #require(throws: RenderError.self) { try paths(.path(["Prd"])) }
        #expect(byPath.message == "folder: no folder has the path 'Prd'")
        #expect(byPath.hint == "did you mean 'Prod'?")
        let byUID = try #require(throws: RenderError.self) { try paths(.uid("nobody")) }
        #expect(byUID.message.hasPrefix("folder: no record lies in the folder 'nobody'"))
        #expect(byUID.exitCode == .notFound)
    }

    @Test("records whose titles make one name are a collision that names both")
    func collision() throws {
        var vault = vault
        let selection = FolderSelection(
            origin: "folder", folder: .uid("F1"), output: .directory(try AbsolutePath("/app/s")))
        let other = try Sample.record(uid: "R2", title: "db ONE", [("k", "w")])
        vault.records[1] = other
        vault.records[1].folderUID = "F1"
        let error = try #require(throws: RenderFailure.self) {
            try Renderer(vault: vault, strictLookup: false).render(vault.selections(of: selection)) {
                (_) throws(RenderFailure) in SecretBytes([])
            }
        }
        #expect(error.message.contains("/app/s/db-one.json"))
        #expect(error.message.contains("R1") && error.message.contains("R2"))
    }
}
