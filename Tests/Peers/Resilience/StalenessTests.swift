import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("Keeper out of reach for longer than max-staleness")
struct StalenessTests {
    private let laboratory: Laboratory
    private let port: UInt16

    init() throws {
        laboratory = try Laboratory()
        port = try LoopbackClient.freePort()
    }

    /// A sidecar whose max-staleness is 2 s, which the annotation would not allow.
    private func sidecar(_ annotations: [String], backend: String = "tmpfs") throws -> BackgroundProcess {
        let plan = try laboratory.plan(
            [
                "secret-pw=Web shop login[password]:/keeper/secrets/pw", "max-staleness=60s",
                "backend=\(backend)",
            ] + annotations
        ).replacingOccurrences(of: "\"maxStaleness\": \"1m0s\"", with: "\"maxStaleness\": \"2s\"")
        try #require(plan.contains("\"maxStaleness\": \"2s\""), "\(plan)")
        return try laboratory.startAgent(
            "sidecar", plan: plan, more: ["--refresh-interval", "300ms", "--health-port", "\(port)"])
    }

    private var password: String? { laboratory.text("/keeper/secrets/pw") }

    private func isReady() throws -> Bool { try Metrics.status("/readyz", port: port) == "200" }

    @Test(
        "files stay or go as asked, readiness says so, and all is well within one interval of Keeper's return",
        arguments: ["keep", "remove"], ["tmpfs", "fuse"])
    func outage(policy: String, backend: String) async throws {
        guard backend == "tmpfs" || geteuid() == 0 else { return }
        let process = try sidecar(["on-stale=\(policy)"], backend: backend)
        #expect(
            try await eventually { try password == "hunter2-but-longer" && isReady() }, "\(process.errors)")

        laboratory.emulator.faults = [Fault(.reset)]
        #expect(try await eventually { try !isReady() }, "\(process.errors)")
        #expect(try await eventually { process.errors.contains("the secrets are older than max-staleness") })
        if policy == "remove" {
            #expect(try await eventually { password == nil }, "\(process.errors)")
            #expect(process.errors.contains("the stale secrets were removed"))
        } else {
            #expect(password == "hunter2-but-longer")
        }
        let metrics = try Metrics(port: port)
        #expect((metrics["keeper_sidecar_stale_seconds"] ?? 0) > 2)
        #expect((metrics[#"keeper_sidecar_refresh_total{result="failed"}"#] ?? 0) >= 1)
        #expect(
            (metrics[#"keeper_sidecar_refresh_errors_total{reason="unreachable"}"#] ?? 0) >= 1,
            "\(metrics) \(process.errors)")
        #expect(metrics["keeper_sidecar_secrets_active"] == (policy == "remove" ? 0 : 1))
        #expect(process.errors.components(separatedBy: "older than max-staleness").count == 2, "said once")

        laboratory.emulator.faults = []
        #expect(
            try await eventually { try isReady() && password == "hunter2-but-longer" }, "\(process.errors)")
        #expect(process.errors.contains("keeper is back, the secrets are current again"))
        #expect(try Metrics(port: port)["keeper_sidecar_secrets_active"] == 1)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("a sidecar that starts anew after the removal is not ready, and publishes when it can")
    func restartAfterRemoval() async throws {
        let first = try sidecar(["on-stale=remove"])
        #expect(try await eventually { password != nil })
        laboratory.emulator.faults = [Fault(.reset)]
        #expect(try await eventually { password == nil }, "\(first.errors)")
        first.signal(SIGKILL)
        _ = try await first.wait()

        let second = try sidecar(["on-stale=remove"])
        #expect(try await eventually { second.errors.contains("refresh failed") }, "\(second.errors)")
        #expect(try !isReady())
        laboratory.emulator.faults = []
        #expect(try await eventually { try password != nil && isReady() }, "\(second.errors)")
    }

    @Test("with fail-on-error: false the pod starts without secrets, which come when Keeper does")
    func startsWithout() async throws {
        let plan = try laboratory.plan([
            "secret-pw=Web shop login[password]:/keeper/secrets/pw", "fail-on-error=false",
        ])
        laboratory.emulator.faults = [Fault(.reset)]
        let start = try laboratory.runAgent("init", plan: plan)
        #expect(start.status == 0, "\(start.errors)")
        #expect(start.errors.contains("starting without secrets"))
        // What the app mounts is there.
        #expect(try DiskTree.names(laboratory.path("/keeper/secrets")).isEmpty)
        let process = try laboratory.startAgent(
            "sidecar", plan: plan, more: ["--refresh-interval", "100ms", "--health-port", "\(port)"])
        #expect(try await eventually { process.errors.contains("no secrets yet, trying again") })
        #expect(try !isReady())
        laboratory.emulator.faults = []
        #expect(
            try await eventually { try password == "hunter2-but-longer" && isReady() }, "\(process.errors)")
    }
}
