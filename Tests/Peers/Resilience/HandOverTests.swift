import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("The hand-over from one process of the agent to the next")
struct HandOverTests {
    private static let annotations = [
        "secret-pw=Web shop login[password]:/app/password",
        "file-readme=Web shop login:readme.txt:/app/readme",
        "config=secrets: [{record: Web shop login, path: /app/random, template: '{{ randAlphaNum 40 }}'}]",
    ]

    private let laboratory: Laboratory
    private let plan: String

    init() throws {
        laboratory = try Laboratory()
        plan = try laboratory.plan(Self.annotations)
        let result = try laboratory.runAgent("init", plan: plan)
        try #require(result.status == 0, "\(result.errors)")
    }

    private var handOver: String { laboratory.root + "/agent.handover" }

    private func sidecar(interval: String) throws -> BackgroundProcess {
        try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", interval])
    }

    private func calls(_ count: Int) async throws -> Bool {
        let before = laboratory.emulator.counters.getSecret
        return try await eventually { laboratory.emulator.counters.getSecret >= before + count }
    }

    @Test("holds uids and revisions, and of no value a trace")
    func contents() throws {
        let text = try String(contentsOfFile: handOver, encoding: .utf8)
        #expect(text.contains("WebShopLogin0000000001") && text.contains("WebShopReadme000000001"))
        for value in ["hunter2", laboratory.text("/app/random") ?? "", "Zugangsdaten"] {
            #expect(!text.contains(value))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: handOver)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("spares the sidecar the attachment, and keeps what random functions made")
    func seeds() async throws {
        let random = laboratory.text("/app/random")
        let before = try DiskTree.snapshot(laboratory.path("/app"))
        #expect(laboratory.emulator.counters.fileDownloads == 1)
        let process = try sidecar(interval: "50ms")
        #expect(try await calls(4), "\(process.errors)")
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
        #expect(laboratory.emulator.counters.fileDownloads == 1)
        #expect(laboratory.text("/app/random") == random)
        #expect(try DiskTree.snapshot(laboratory.path("/app")) == before)
    }

    @Test("keeps a sidecar that is killed again and again from asking Keeper each time")
    func restarts() async throws {
        for _ in 1...5 {
            let process = try sidecar(interval: "60s")
            #expect(
                try await eventually { process.errors.contains("published already") }, "\(process.errors)")
            process.signal(SIGKILL)
            _ = try await process.wait()
        }
        #expect(laboratory.emulator.counters.getSecret == 1)
    }

    @Test("is not believed when a file is another than it says, or the hand-over is damaged")
    func damaged() async throws {
        let good = try String(contentsOfFile: handOver, encoding: .utf8)
        let file = try laboratory.path(
            "/app/" + FileManager.default.destinationOfSymbolicLink(atPath: laboratory.path("/app/password")))
        for (text, password) in [
            (good, "tampered"), ("{\"version\":1,\"answered\":5,\"files\":[{}]}", nil), ("no JSON", nil),
            (good.replacingOccurrences(of: "\"version\":1", with: "\"version\":99"), nil), ("", nil),
        ] {
            try text.write(toFile: handOver, atomically: false, encoding: .utf8)
            if let password { try password.write(toFile: file, atomically: false, encoding: .utf8) }
            let process = try sidecar(interval: "60s")
            #expect(try await calls(1), "\(process.errors)")
            #expect(try await eventually { laboratory.text("/app/password") == "hunter2-but-longer" })
            process.signal(SIGTERM)
            #expect(try await process.wait() == 0)
        }
    }

    @Test("tells the next process how old the secrets are")
    func age() async throws {
        laboratory.emulator.faults = [Fault(.status(500))]
        try await Task.sleep(for: .seconds(2))
        let port = try LoopbackClient.freePort()
        let process = try laboratory.startAgent(
            "sidecar", plan: plan, more: ["--refresh-interval", "60s", "--health-port", "\(port)"])
        var age = 0.0
        #expect(
            try await eventually {
                age = try Metrics(port: port)["keeper_sidecar_stale_seconds"] ?? 0
                return age > 0
            }, "\(process.errors)")
        #expect(age >= 2)
        #expect(try Metrics(port: port)["keeper_sidecar_secrets_active"] == 3)
    }
}
