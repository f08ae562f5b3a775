import Foundation
import TestSupport
import Testing

@Suite("keeper-injector get, list, bind")
struct ToolTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    @Test(
        "get prints exactly the value",
        arguments: [
            (["keeper://Web shop login/field/password"], "hunter2-but-longer"),
            (["Web shop login", "--field", "API Key"], "sk_test_51Emulated"),
            (["Payments database/field/host[0][port]"], "5432"),
            (["keeper://Web shop login/file/readme.txt"], "Zugangsdaten für den Shop ✓\n"),
        ])
    func get(arguments: [String], value: String) throws {
        let result = try run(
            Checkout.product("keeper-injector"), ["get"] + arguments + laboratory.connection)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == value)
    }

    @Test("get prints a record in the format asked for")
    func formats() throws {
        #expect(
            try laboratory.tool("get", "Recovery codes", "--format", "env").output.contains("NOTE='1111-2222")
        )
        #expect(try laboratory.tool("get", "WebShopLogin0000000001").output.hasPrefix("{\n  \"API Key\": "))
        for (format, start) in [
            ("yaml", "\"API Key\": "), ("properties", "API\\ Key="), ("ini", "[secret]\n"),
        ] {
            let result = try laboratory.tool("get", "Web shop login", "--format", format)
            #expect(result.output.hasPrefix(start), "\(format): \(result.output) \(result.errors)")
        }
        let value = try laboratory.tool("get", "Web shop login/field/login", "--format", "yaml")
        #expect(value.output.contains("shop-admin"), "\(value.output) \(value.errors)")
    }

    @Test(
        "get says what it does not find",
        arguments: ["nobody", "Web shop login/field/nothing", "Staging login"])
    func notFound(what: String) throws {
        let result = try laboratory.tool("get", what)
        #expect(result.status != 0)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: "))
        #expect(result.errors.contains("hint: "), "\(result.errors)")
    }

    @Test("list has every record with folder and field names, and no value")
    func list() throws {
        let result = try laboratory.tool("list", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let rows = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        #expect(
            Set(rows.compactMap { $0["uid"] as? String }) == Set(laboratory.emulator.vault.records.map(\.uid))
        )
        let row = try #require(rows.first { $0["title"] as? String == "Payments database" })
        #expect(row["folder"] as? String == "Infrastructure")
        #expect((row["fields"] as? [String])?.contains("password") == true)
        #expect(!result.output.contains("hunter2"))
        #expect(try laboratory.tool("list").output.contains("Payments database"))
    }

    @Test("bind writes a configuration that works, once")
    func bind() throws {
        // HOST:PORT:TOKEN, with the server's key beside it, since the emulator has its own.
        let token = try laboratory.emulator.oneTimeToken()
        let path = laboratory.scratch.file("bound.json")
        let arguments = [
            "bind", token, "-o", path, "--server-public-key", laboratory.emulator.serverPublicKey,
            "--server-public-key-id", "10", "--ca-cert", laboratory.ca,
        ]
        let tool = Checkout.product("keeper-injector")
        let result = try run(tool, arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let list = try run(tool, ["list", "--ksm-config", path, "--ca-cert", laboratory.ca])
        #expect(list.status == 0, "\(list.errors)")

        let existing = try run(tool, arguments)
        #expect(existing.status == 1)
        #expect(existing.errors.contains("exists"))
        let again = try run(tool, arguments.map { $0 == path ? path + "2" : $0 })
        #expect(again.status == 4, "\(again.errors)")
        #expect(!FileManager.default.fileExists(atPath: path + "2"))
    }
}
