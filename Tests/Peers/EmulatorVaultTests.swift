import KeeperEmulator
import Testing

@Suite("The emulator's vault")
struct EmulatorVaultTests {
    @Test("a vault file is read with its folders, shorthands and types")
    func file() throws {
        let vault = try EmulatorVault(
            yaml: """
                application: Test
                folders:
                  - name: A / B
                    folders:
                      - name: Ünter
                        records:
                          - title: Deep
                            direct: true
                            fields: {login: me, url: [x, y], empty: , port: 5432, on: true, pin: "0042"}
                            custom: [{label: Key, value: {b: 1, a: 1.50}}]
                records:
                  - {title: Flat, type: file, files: [{name: a.bin, base64: AAEC}]}
                """)
        let deep = try vault.record("Deep")
        #expect(deep.folder.map(vault.path(of:)) == ["A / B", "Ünter"])
        #expect(deep.isSharedDirectly)
        #expect(
            deep.fields == [
                EmulatorField("login", "me"), EmulatorField("url", "x", "y"), EmulatorField("empty"),
                EmulatorField("port", 5432), EmulatorField("on", true), EmulatorField("pin", "0042"),
            ])
        let object = JSON.object([.init("b", 1), .init("a", .number("1.50"))])
        #expect(deep.custom == [EmulatorField("text", label: "Key", object)])
        #expect(try vault.record("Flat").files.first?.content == [0, 1, 2])
        #expect(try EmulatorVault(yaml: EmulatorVault.sampleYAML).records.count == 11)
    }

    @Test(
        "a mistake in a vault file is told with its place",
        arguments: [
            ("records: [{titel: x}]", "top.records[0]", "unknown key 'titel'"),
            ("records: [{type: login}]", "top.records[0]", "'title' is missing"),
            ("records: {a: b}", "top.records", "a list is expected"),
            ("records: [{title: x, files: [{name: y}]}]", "top.records[0].files[0]", "a file has"),
            ("a: [", "YAML", ""), ("", "YAML", "empty"),
        ])
    func mistakes(yaml: String, place: String, reason: String) {
        let error = #expect(throws: VaultError.self) { try EmulatorVault(yaml: yaml) }
        #expect(error?.description.hasPrefix("vault file, \(place):") == true, "\(error as Any)")
        #expect(reason.isEmpty || error?.description.contains(reason) == true, "\(error as Any)")
    }

    @Test("an edit counts the revision up, a failed one leaves no trace")
    func edits() throws {
        let emulator = try Emulator.start()
        let before = emulator.vault
        try emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Payments database", to: "new")
            try vault.rename("Ada Lovelace", to: "Ada King")
            try vault.remove("Recovery codes")
        }
        let vault = emulator.vault
        #expect(try vault.record("Payments database").revision == 2)
        #expect(try vault.record("PaymentsDatabase000001").fields.last?.value == ["new"])
        #expect(try vault.record("Ada King").uid == "ContactAdaLovelace0001")
        #expect(vault.records.count == before.records.count - 1)
        #expect(vault.revision == before.revision + 3)

        #expect(throws: VaultError.ambiguousRecord("Staging login")) {
            try emulator.edit { vault throws(VaultError) in
                try vault.remove("Payments database")
                try vault.set("password", of: "Staging login", to: "x")
            }
        }
        #expect(emulator.vault == vault)
        let record = EmulatorRecord(uid: "WebShopLogin0000000001", title: "Twice")
        #expect(throws: VaultError.takenUID(record.uid)) {
            try emulator.edit { vault throws(VaultError) in try vault.add(record) }
        }
        #expect(throws: VaultError.malformedUID("short")) {
            try emulator.edit { vault throws(VaultError) in
                try vault.add(EmulatorFolder(uid: "short", name: "x"))
            }
        }
    }
}
