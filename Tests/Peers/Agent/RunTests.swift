import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("keeper-injector run")
struct RunTests {
    @Test("any number of selected records is one get_secret call", arguments: [1, 10, 100])
    func oneCall(count: Int) throws {
        let laboratory = try Laboratory(.generated(records: 100))
        let titles = laboratory.emulator.vault.records.prefix(count).map(\.title)
        let result = try laboratory.runOnce(["secrets=" + titles.joined(separator: ", ")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(laboratory.emulator.counters.getSecret == 1)
        #expect(laboratory.emulator.counters.getFolders == 0)
        #expect(laboratory.emulator.counters.connections == 1)
        #expect(try laboratory.tree().count == count)
    }

    @Test("records, fields, notation and attachments become files")
    func files() throws {
        let laboratory = try Laboratory()
        let result = try laboratory.runOnce([
            "secret=Web shop login",
            "secret-pw=Web shop login[password]:/app/config/password",
            "secret-host=keeper://Payments database/field/host[0][hostName]",
            "secret-readme=keeper://Web shop login/file/readme.txt:/app/readme.txt",
            "secret-keystore=keeper://Signing keystore/file/release.keystore:/app/release.keystore",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let record = try JSONSerialization.jsonObject(
            with: Data(
                contentsOf: URL(fileURLWithPath: laboratory.path("/keeper/secrets/web-shop-login.json"))))
        #expect((record as? [String: Any])?["password"] as? String == "hunter2-but-longer")
        #expect(laboratory.text("/app/config/password") == "hunter2-but-longer")
        #expect(laboratory.text("/keeper/secrets/host") == "db.payments.internal")
        #expect(laboratory.text("/app/readme.txt") == "Zugangsdaten für den Shop ✓\n")
        let keystore = try #require(
            laboratory.emulator.vault.record("Signing keystore").files.first { $0.name == "release.keystore" }
        )
        let written = try Data(contentsOf: URL(fileURLWithPath: laboratory.path("/app/release.keystore")))
        #expect(Array(written) == keystore.content)
        #expect(laboratory.emulator.counters.getSecret == 1)

        let attributes = try FileManager.default.attributesOfItem(
            atPath: laboratory.path("/app/..data/release.keystore"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("a change at Keeper is written, nothing else is touched, the old generation goes")
    func rotation() async throws {
        let laboratory = try Laboratory()
        let process = try laboratory.start([
            "secret=Web shop login", "secret-pw=Web shop login[password]:/app/password",
            "secret-other=Recovery codes[note]:/other/note",
        ])
        #expect(try await eventually { laboratory.text("/other/note") != nil }, "\(process.errors)")
        let other = try FileManager.default.destinationOfSymbolicLink(
            atPath: laboratory.path("/other/..data"))
        let old = try FileManager.default.destinationOfSymbolicLink(atPath: laboratory.path("/app/..data"))

        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: "changed")
        }
        #expect(try await eventually { laboratory.text("/app/password") == "changed" }, "\(process.errors)")
        #expect(
            try await eventually { !FileManager.default.fileExists(atPath: laboratory.path("/app/" + old)) })
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: laboratory.path("/other/..data"))
                == other)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("an unreachable Keeper leaves the last good secrets, and its return is noticed")
    func outage() async throws {
        let laboratory = try Laboratory()
        let process = try laboratory.start(["secret-pw=Web shop login[password]:/app/password"])
        #expect(try await eventually { laboratory.text("/app/password") != nil }, "\(process.errors)")
        laboratory.emulator.faults = [Fault(.reset)]
        #expect(try await eventually { process.errors.contains("the published secrets stay") })
        #expect(laboratory.text("/app/password") == "hunter2-but-longer")
        laboratory.emulator.faults = []
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: "after the outage")
        }
        #expect(try await eventually { laboratory.text("/app/password") == "after the outage" })
        process.signal(SIGINT)
        #expect(try await process.wait() == 0)
    }

    @Test("one selection that is gone keeps all files as they were")
    func goneRecord() async throws {
        let laboratory = try Laboratory()
        let process = try laboratory.start(["secrets=Web shop login, Recovery codes"])
        let path = "/keeper/secrets/recovery-codes.json"
        #expect(try await eventually { laboratory.text(path) != nil }, "\(process.errors)")
        let before = laboratory.text(path)
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.remove("Recovery codes")
            try vault.set("password", of: "Web shop login", to: "changed")
        }
        #expect(try await eventually { process.errors.contains("the published secrets stay") })
        #expect(laboratory.text(path) == before)
        #expect(laboratory.text("/keeper/secrets/web-shop-login.json")?.contains("hunter2") == true)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("SIGTERM ends it while Keeper hangs", arguments: ["hang", "tls-hang", "slow=1"])
    func stopInAnyState(fault: String) async throws {
        let laboratory = try Laboratory()
        laboratory.emulator.faults = [try Fault(parsing: fault)]
        let process = try laboratory.start(["secret=Web shop login"])
        #expect(try await eventually { laboratory.emulator.counters.connections > 0 })
        process.signal(SIGTERM)
        // The contract says 2 s; the test allows for a slow machine.
        #expect(try await process.wait(limit: .seconds(10)) == 0, "\(process.errors)")
        #expect(try laboratory.tree().isEmpty)
    }

    @Test("SIGTERM before --once has published is a failure, lest an app start without secrets")
    func stopOnce() async throws {
        let laboratory = try Laboratory()
        laboratory.emulator.faults = [Fault(.hang)]
        let process = try laboratory.start(["secret=Web shop login"], more: ["--once"])
        #expect(try await eventually { laboratory.emulator.counters.connections > 0 })
        process.signal(SIGTERM)
        #expect(try await process.wait(limit: .seconds(10)) == 1)
    }

    @Test("init-timeout ends a start that hangs; with fail-on-error=false the pod starts all the same")
    func initTimeout() throws {
        let laboratory = try Laboratory()
        laboratory.emulator.faults = [Fault(.hang)]
        let selection = ["secret=Web shop login", "init-timeout=1s"]
        let result = try laboratory.runOnce(selection)
        #expect(result.status == 5)
        #expect(["timed out", "init-timeout"].contains { result.errors.contains($0) }, "\(result.errors)")
        let lenient = try laboratory.runOnce(selection + ["fail-on-error=false"])
        #expect(lenient.status == 0)
        #expect(lenient.errors.contains("without secrets"), "\(lenient.errors)")
        #expect(try laboratory.tree().isEmpty)
    }
}
