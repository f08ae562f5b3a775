import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("The emulator's page")
struct BrowserTests {
    /// Where the test puts a picture of the page, for the documents: set `EMULATOR_SCREENSHOT`.
    @Test("in Chromium records are listed and a saved value is published; a hostile title stays text")
    func edit() async throws {
        try Peers.requireChromium()
        var vault = EmulatorVault.sample
        let hostile =
            "<img src=x onerror='window.injected = true'></script><script>window.injected = true</script>"
        // At the end, where it does not spoil the picture.
        try vault.add(EmulatorRecord(uid: "HostileTitle0000000001", title: hostile))
        var options = EmulatorOptions()
        options.pagePort = 0
        let laboratory = try Laboratory(vault, options)
        let emulator = laboratory.emulator
        let port = try #require(emulator.pagePort)
        let process = try laboratory.start(
            ["secret-pw=Payments database[password]:/app/password"], interval: "200ms")
        #expect(
            try await eventually { laboratory.text("/app/password") == "correct horse battery staple" },
            "\(process.errors)")

        let result = try run(
            Peers.python,
            [
                Peers.script("browse.py"), "http://127.0.0.1:\(port)/", "PaymentsDatabase000001", "password",
                "changed in the browser ✓",
            ])
        try #require(result.status == 0, "\(result.errors)")
        #expect(
            try await eventually { laboratory.text("/app/password") == "changed in the browser ✓" },
            "\(process.errors)")
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)

        let seen = try JSON(parsing: Array(result.output.utf8))
        #expect(seen["titles"]?.array == vault.records.map { .string($0.title) })
        #expect(seen["before"] == "correct horse battery staple")
        #expect(seen["after"] == "changed in the browser ✓")
        #expect(seen["hidden"] == true && seen["shown"] == true)
        #expect(seen["injected"] == false)
        #expect(seen["log"] == [])
        let record = try emulator.vault.record("PaymentsDatabase000001")
        #expect(record.fields.first { $0.type == "password" }?.value == ["changed in the browser ✓"])
        #expect(record.revision == 2)
    }

    @Test("requests of other origins and by other names are refused, bad ones told apart")
    func api() throws {
        var options = EmulatorOptions()
        options.pagePort = 0
        let emulator = try Emulator.start(options: options)
        let base = "http://127.0.0.1:\(try #require(emulator.pagePort))"
        func ask(_ path: String, _ arguments: String...) throws -> (status: String, body: JSON?) {
            let result = try run(Peers.curl, ["-sS", "-w", "\n%{http_code}"] + arguments + [base + path])
            let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            let body = try? JSON(parsing: Array(lines.dropLast().joined(separator: "\n").utf8))
            return (String(lines.last ?? ""), body)
        }
        let evil = "Origin: http://evil.example"
        #expect(try ask("/api/tokens", "-d", "{}", "-H", evil).status == "403")
        #expect(try ask("/api/tokens", "-d", "{}", "-H", "Origin: null").status == "403")
        #expect(try ask("/api/records", "-H", "Host: evil.example").status == "403")
        #expect(try ask("/api/tokens", "-d", "{}", "-H", "Origin: \(base)").status == "201")

        let field = "/api/records/WebShopLogin0000000001/fields/API%20Key"
        #expect(try ask(field, "-X", "PUT", "-d", #"{"value": "v2"}"#).status == "200")
        #expect(try emulator.vault.record("Web shop login").custom.first?.value == ["v2"])
        #expect(try ask(field + "x", "-X", "PUT", "-d", #"{"value": "v2"}"#).status == "404")
        #expect(try ask(field, "-X", "PUT", "-d", "{").status == "400")
        #expect(try ask("/api/records/Staging%20login").status == "409")
        #expect(try ask("/api/nothing").status == "404")

        let faults = try ask("/api/faults", "-d", #"{"faults": ["reset*1", "hang@file"]}"#)
        #expect(faults.body?["faults"] == ["reset*1", "hang@file"])
        #expect(emulator.faults.count == 2)
        #expect(try ask("/api/faults", "-d", #"{"add": "nonsense"}"#).status == "400")
        #expect(try ask("/api/faults", "-d", #"{"faults": []}"#).body?["faults"] == [])
        let client = try EmulatorRawClient(emulator)
        _ = try client.ask()
        #expect(try ask("/api/counters").body?["requests"]?["get_secret"] == 1)
        let id = client.clientID.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        #expect(try ask("/api/clients/\(id)/revoke", "-d", "{}").status == "200")
        #expect(try client.ask().error == "access_denied")
    }
}
