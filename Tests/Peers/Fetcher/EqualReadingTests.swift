import Fetcher
import Foundation
import KeeperEmulator
import Plan
import SecretMemory
import TestSupport
import Testing
import Vault

@Suite("Our client and the official one read the same vault with equal results")
struct EqualReadingTests {
    @Test("the sample: records, fields, notes, files and folders")
    func sample() throws { try compare(.sample) }

    @Test("a hundred records")
    func hundred() throws { try compare(.generated(records: 100)) }

    private func compare(_ vault: EmulatorVault) throws {
        let bench = try FetcherBench(vault: vault)
        let configuration = bench.directory.file("official.json")
        try bench.emulator.clientConfiguration().write(
            toFile: configuration, atomically: false, encoding: .utf8)
        let official = try officialDump(
            configuration: configuration, authority: bench.directory.file("ca.pem"))
        #expect(official["bad"] == 0)

        let ours = try bench.client.fetchVault()
        let (folders, damaged) = try bench.client.fetchFolders()
        #expect(ours.damaged.isEmpty && damaged.isEmpty)

        let theirs = try #require(official["records"]?.array)
        #expect(theirs.count == vault.records.count, "nothing was compared otherwise")
        let records = try ours.records.map { try json(of: $0, bench.client) }
        #expect(records.count == theirs.count)
        for record in records {
            let same = theirs.first { $0["uid"] == record["uid"] }
            #expect(record.sorted == same.map(comparable)?.sorted)
        }
        let ourFolders = folders.map { folder -> JSON in
            [
                "uid": .string(folder.uid), "parent": .string(folder.parentUID ?? ""),
                "name": .string(folder.name),
            ]
        }
        #expect(ourFolders.count == vault.folders.count)
        #expect(
            Set(ourFolders.map(\.sorted.text)) == Set((official["folders"]?.array ?? []).map(\.sorted.text)))
    }

    /// A record of ours in the form of `dump_vault.py`.
    private func json(of record: Record, _ client: KeeperClient) throws -> JSON {
        let files = try record.attachments.map { file -> JSON in
            let content = try client.download(file)
            return [
                "uid": .string(file.uid), "name": .string(file.name), "title": .string(file.title),
                "type": .string(file.mediaType), "size": .number(Int(file.size)),
                "lastModified": .number(Int(file.lastModified)),
                "base64": .string(content.withUnsafeBytes { Base64.encode($0) }),
            ]
        }
        return [
            "uid": .string(record.uid), "title": .string(record.title), "type": .string(record.type),
            "notes": record.notes.map(JSON.init) ?? .null,
            "fields": .array(record.fields.map(json(of:))), "custom": .array(record.custom.map(json(of:))),
            "revision": .number(Int(record.revision)), "files": .array(files),
        ]
    }

    private func json(of field: Field) -> JSON {
        EmulatorField(type: field.type, label: field.label, value: field.values.map(JSON.init)).json
    }

    /// What both clients tell. Where a record lies is left out for one that arrives twice: which of the
    /// two places counts is each client's own choice.
    private func comparable(_ record: JSON) -> JSON {
        func without(_ keys: Set<String>, _ value: JSON) -> JSON {
            .object((value.members ?? []).filter { !keys.contains($0.key) })
        }
        let members = without(["folder", "innerFolder"], record).members ?? []
        return .object(
            members.map { member in
                guard member.key == "files", let files = member.value.array else { return member }
                return JSON.Member("files", .array(files.map { without(["sha256"], $0) }))
            })
    }
}
