import KeeperCrypto
import SecretMemory
import Testing
import Vault

@testable import Fetcher

/// Seals as Keeper does.
private struct Sealer {
    let appKey: SecretBytes

    init() throws { appKey = try randomBytes(32) }

    func gcm(_ text: String, _ key: SecretBytes) throws -> String {
        Base64.encode(SecretBytes(try AES.sealGCM(SecretBytes(text.utf8), key: key)))
    }

    func wrapped(_ key: SecretBytes, _ wrapping: SecretBytes) throws -> String {
        Base64.encode(SecretBytes(try AES.sealGCM(key, key: wrapping)))
    }

    func cbc(_ text: String, _ key: SecretBytes) throws -> String {
        Base64.encode(SecretBytes(try AES.sealCBC(SecretBytes(text.utf8), key: key)))
    }

    func wrappedCBC(_ key: SecretBytes, _ wrapping: SecretBytes) throws -> String {
        Base64.encode(SecretBytes(try AES.sealCBC(key, key: wrapping)))
    }

    func record(
        _ uid: String, _ data: String, key: SecretBytes? = nil, wrapping: SecretBytes? = nil,
        more: String = ""
    ) throws -> String {
        let wrapping = wrapping ?? appKey
        let wrappedKey = try key.map { "\"\(try wrapped($0, wrapping))\"" } ?? "null"
        return
            #"{"recordUid":"\#(uid)","recordKey":\#(wrappedKey),"data":"\#(try gcm(data, key ?? wrapping))"\#(more)}"#
    }

    func read(_ answer: String) throws -> Vault {
        VaultReader(appKey: appKey).read(try JSONDocument(parsing: SecretBytes(answer.utf8)).root)
    }
}

@Suite("Reading an answer of get_secret")
struct VaultReaderTests {
    private let sealer: Sealer

    init() throws { sealer = try Sealer() }

    @Test("records of all places are read in their order, each once")
    func records() throws {
        let folderKey = try randomBytes(32)
        let key = try randomBytes(32)
        let direct = try sealer.record(
            "A", #"{"title":"a","type":"login"}"#, key: key, more: #","revision":7"#)
        let keyless = try sealer.record("B", #"{"title":"b"}"#, more: #","innerFolderUid":"I""#)
        let foldered = try sealer.record("C", #"{"title":"c"}"#, key: key, wrapping: folderKey)
        let twice = try sealer.record("A", #"{"title":"again"}"#, wrapping: folderKey)
        let vault = try sealer.read(
            #"""
            {"records":[\#(direct),\#(keyless)],"expiresOn":0,"warnings":["w\n",null],
            "folders":[{"folderUid":"F","folderKey":"\#(try sealer.wrapped(folderKey, sealer.appKey))",
            "records":[\#(foldered),\#(twice)]}]}
            """#)
        #expect(vault.records.map(\.uid) == ["A", "B", "C"])
        #expect(vault.records.map(\.title) == ["a", "b", "c"])
        #expect(vault.records.map(\.folderUID) == [nil, nil, "F"])
        #expect(vault.records[0].revision == 7 && vault.records[1].innerFolderUID == "I")
        #expect(vault.damaged.isEmpty && vault.expiresOn == nil && vault.warnings == ["w "])
    }

    @Test("what cannot be read is named with its reason, the rest is whole")
    func damage() throws {
        let other = try randomBytes(32)
        let good = try sealer.record("GOOD", #"{"title":"g"}"#)
        let broken = try [
            sealer.record("WRONGKEY", "{}", wrapping: other), sealer.record("NOTJSON", "{\"s3cret"),
            sealer.record("NOOBJECT", "[]"), #"{"recordUid":"NODATA"}"#,
            #"{"recordUid":"NOBASE64","data":"*"}"#, #"{"data":"AAAA"}"#, "null", "[]", "7",
            sealer.record("GOOD", "{}", wrapping: other),
        ]
        let vault = try sealer.read(
            #"{"records":[\#(broken.joined(separator: ",")),\#(good)],"expiresOn":9}"#)
        #expect(vault.records.map(\.uid) == ["GOOD"])
        #expect(
            vault.damaged.map(\.uid) == [
                "WRONGKEY", "NOTJSON", "NOOBJECT", "NODATA", "NOBASE64", "without uid", "without uid",
                "without uid", "without uid",
            ])
        #expect(vault.damaged.allSatisfy { $0.kind == .record && !$0.reason.contains("s3cret") })
        #expect(vault.expiresOn == 9)
    }

    @Test("a folder that cannot be decrypted is named, with the records in it")
    func folder() throws {
        let vault = try sealer.read(
            #"{"folders":[{"folderUid":"F","folderKey":"AAAA","records":[{"recordUid":"R"}]},{},null]}"#)
        #expect(vault.damaged.map(\.uid) == ["F", "R", "without uid", "without uid"])
        #expect(vault.damaged.map(\.kind) == [.folder, .record, .folder, .folder])
    }

    @Test("a file that cannot be decrypted leaves its record and the other files")
    func files() throws {
        let key = try randomBytes(32)
        let fileKey = try randomBytes(32)
        let data = try sealer.gcm(
            #"{"name":"n","title":"t","type":"x/y","size":5,"lastModified":6}"#, fileKey)
        let file =
            #"{"fileUid":"F1","fileKey":"\#(try sealer.wrapped(fileKey, key))","data":"\#(data)","url":"https://h/f"}"#
        let record = try sealer.record(
            "A", #"{"title":"a"}"#, key: key,
            more: #","files":[{"fileUid":"F0","fileKey":"AAAA"},\#(file),null]"#)
        let vault = try sealer.read(#"{"records":[\#(record)]}"#)
        let attachment = try #require(vault.records.first?.attachments.first)
        #expect(attachment.uid == "F1" && attachment.name == "n" && attachment.title == "t")
        #expect(attachment.mediaType == "x/y" && attachment.size == 5 && attachment.lastModified == 6)
        #expect(attachment.url == "https://h/f" && attachment.key.hasSameBytes(as: fileKey))
        #expect(vault.damaged.map(\.uid) == ["F0", "without uid"])
        #expect(vault.damaged.allSatisfy { $0.kind == .file && $0.reason.hasSuffix("(record A)") })
    }

    @Test("slashes of base64 may be escaped, and any shape of the answer is survived")
    func shapes() throws {
        let record = try sealer.record("A", #"{"title":"a"}"#, key: randomBytes(32))
        #expect(try sealer.read(#"{"records":[\#(record.replacing("/", with: "\\/"))]}"#).records.count == 1)
        for answer in ["{}", "[]", #"{"records":{},"folders":7,"warnings":"x","expiresOn":"x"}"#, "null"] {
            let vault = try sealer.read(answer)
            #expect(vault.records.isEmpty && vault.damaged.isEmpty)
        }
    }
}

@Suite("Reading an answer of get_folders")
struct FolderReaderTests {
    private let sealer: Sealer

    init() throws { sealer = try Sealer() }

    private func read(_ folders: [String]) throws -> (folders: [Folder], damaged: [Vault.Damage]) {
        let text = #"{"folders":[\#(folders.joined(separator: ","))]}"#
        let answer = try JSONDocument(parsing: SecretBytes(text.utf8)).root
        return FolderReader(appKey: sealer.appKey, answer: answer).read()
    }

    @Test("a tree is read in any order, its keys wrapped by the shared root's")
    func tree() throws {
        let keys = try (0..<3).map { _ in try randomBytes(32) }
        let root =
            #"{"folderUid":"R","parent":"","folderKey":"\#(try sealer.wrapped(keys[0], sealer.appKey))","data":"\#(try sealer.cbc(#"{"name":"root"}"#, keys[0]))"}"#
        let child =
            #"{"folderUid":"C","parent":"R","folderKey":"\#(try sealer.wrappedCBC(keys[1], keys[0]))","data":"\#(try sealer.cbc(#"{"name":"child"}"#, keys[1]))"}"#
        let grandchild =
            #"{"folderUid":"G","parent":"C","folderKey":"\#(try sealer.wrappedCBC(keys[2], keys[0]))"}"#
        let (folders, damaged) = try read([grandchild, child, root, child])
        #expect(
            folders == [
                Folder(uid: "G", name: "", parentUID: "C"), Folder(uid: "C", name: "child", parentUID: "R"),
                Folder(uid: "R", name: "root", parentUID: nil),
            ])
        #expect(damaged.isEmpty)
    }

    @Test("circles, missing parents and wrong keys are named")
    func damage() throws {
        let (folders, damaged) = try read([
            #"{"folderUid":"A","parent":"B","folderKey":"AAAA"}"#,
            #"{"folderUid":"B","parent":"A","folderKey":"AAAA"}"#,
            #"{"folderUid":"S","parent":"S","folderKey":"AAAA"}"#,
            #"{"folderUid":"O","parent":"nowhere","folderKey":"AAAA"}"#,
            #"{"folderUid":"R","parent":null,"folderKey":"AAAA"}"#,
            #"{"folderUid":"K","parent":"R","folderKey":"AAAA"}"#, "null", "{}",
        ])
        #expect(folders.isEmpty)
        #expect(damaged.map(\.uid) == ["A", "B", "S", "O", "R", "K"])
        #expect(
            damaged[0].reason.contains("circle") && damaged[3].reason.contains("nowhere above it is missing"))
        #expect(damaged.allSatisfy { $0.kind == .folder })
    }
}
