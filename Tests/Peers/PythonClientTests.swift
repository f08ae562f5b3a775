import Foundation
import KeeperEmulator
import SecretMemory
import TestSupport
import Testing

@Suite("The official Python client and its command line tool, unmodified, against the emulator")
struct PythonClientTests {
    private let emulator: Emulator
    private let scratch: TemporaryDirectory
    private let authority: String

    init() throws {
        emulator = try Emulator.start()
        scratch = try TemporaryDirectory()
        authority = scratch.file("ca.pem")
        try emulator.writeCA(to: authority)
    }

    @Test("it reads every record, field, file and folder as the vault has it")
    func everything() throws {
        try emulator.clientConfiguration().write(
            toFile: scratch.file("config.json"), atomically: true, encoding: .utf8)
        let dump = try officialDump(configuration: scratch.file("config.json"), authority: authority)
        let vault = emulator.vault
        #expect(dump["bad"] == 0)
        // The deploy key is shared twice.
        #expect(dump["arrived"] == .number(vault.records.count + 1))
        #expect(dump["application"]?.string == vault.application)

        let records = dump["records"]?.array ?? []
        #expect(records.count == vault.records.count)
        for expected in vault.records {
            let found = try #require(records.first { $0["uid"]?.string == expected.uid })
            let data = expected.data
            #expect(found["title"] == data["title"] && found["type"] == data["type"])
            #expect(found["notes"] == data["notes"] ?? .null)
            #expect(found["fields"] == data["fields"], "fields of \(expected.title)")
            #expect(found["custom"] == data["custom"], "custom fields of \(expected.title)")
            #expect(found["revision"] == .number(expected.revision))
            let root = expected.folder.map(vault.sharedFolder(above:))
            #expect(found["folder"]?.string == root ?? "")
            #expect(found["innerFolder"]?.string == (expected.folder == root ? nil : expected.folder))
            let files = found["files"]?.array ?? []
            #expect(files.count == expected.files.count)
            for (file, expected) in zip(files, expected.files) {
                #expect(file["uid"]?.string == expected.uid && file["name"]?.string == expected.name)
                #expect(file["title"]?.string == expected.title && file["type"]?.string == expected.type)
                #expect(file["size"] == .number(expected.content.count))
                let content = file["base64"]?.string.flatMap { Base64.decode($0) }
                #expect(content?.hasSameBytes(as: SecretBytes(expected.content)) == true)
            }
        }
        let folders = dump["folders"]?.array ?? []
        let expected = vault.folders.map { folder -> JSON in
            [
                "uid": .string(folder.uid), "parent": .string(folder.parent ?? ""),
                "name": .string(folder.name),
            ]
        }
        #expect(folders == expected)
        #expect(emulator.counters.getSecret == 1 && emulator.counters.getFolders == 1)
    }

    @Test("it binds with a one-time token, which then is used up")
    func binding() throws {
        let parts = try emulator.oneTimeToken().split(separator: ":").map(String.init)
        let token = try #require(parts.last)
        func bind(to name: String) throws -> CommandResult {
            try run(
                Peers.python,
                [
                    Peers.script("bind.py"), scratch.file(name), authority, emulator.hostname, token,
                    emulator.serverPublicKey,
                ])
        }
        let first = try bind(to: "bound.json")
        #expect(first.status == 0 && first.output == "12\n", "\(first.errors)")
        let second = try bind(to: "second.json")
        #expect(second.status == 3)
        #expect(second.output.contains("access_denied"), "\(second.output)")
        // What binding left behind serves as a configuration.
        let dump = try officialDump(configuration: scratch.file("bound.json"), authority: authority)
        #expect(dump["records"]?.array?.count == emulator.vault.records.count)
    }

    @Test("the tool lists records, gets one, follows notation and makes a profile")
    func tool() throws {
        let configuration = Data(try emulator.clientConfiguration().utf8).base64EncodedString()
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": scratch.path, "REQUESTS_CA_BUNDLE": authority,
            "KSM_CONFIG": configuration, "EMULATOR_SERVER_KEY": emulator.serverPublicKey,
            "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore",
        ]
        func ksm(_ arguments: String...) throws -> CommandResult {
            try run(
                Peers.python, [Peers.script("ksm.py")] + arguments, environment: environment,
                directory: scratch.path)
        }
        let list = try ksm("secret", "list", "--json")
        try #require(list.status == 0, "\(list.errors)")
        for record in emulator.vault.records { #expect(list.output.contains(record.uid)) }

        let one = try ksm("secret", "get", "-u", "PaymentsDatabase000001", "--json", "--unmask")
        #expect(one.output.contains("correct horse battery staple"), "\(one.errors)")
        let notation = try ksm("secret", "notation", "keeper://ContactAdaLovelace0001/field/name[0][last]")
        #expect(notation.output.contains("Lovelace"), "\(notation.errors)")

        // The tool's own main program, without any help: a token that brings the server's key along.
        var fresh = environment
        fresh["KSM_CONFIG"] = nil
        fresh["KSM_HOSTNAME"] = emulator.hostname
        let tool = (try Peers.python as NSString).deletingLastPathComponent + "/ksm"
        let profile = try run(
            tool, ["init", "default", "--plain", try emulator.isolatedToken()], environment: fresh,
            directory: scratch.path)
        #expect(profile.status == 0, "\(profile.errors)")
        let made = try JSON(parsing: Array(profile.output.utf8))
        #expect(made["appKey"]?.string != nil && made["clientId"]?.string != nil)
    }
}
