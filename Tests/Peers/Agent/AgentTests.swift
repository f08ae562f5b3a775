import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("keeper-injector-agent")
struct AgentTests {
    private static let annotations = [
        "secret=Web shop login", "secret-pw=Web shop login[password]:/app/password",
    ]

    private let laboratory: Laboratory
    private let plan: String

    init() throws {
        laboratory = try Laboratory()
        plan = try laboratory.plan(AgentTests.annotations)
        try #require(plan.contains("selections"))
    }

    private func change(to password: String) throws {
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: password)
        }
    }

    /// A sidecar that answers on its socket.
    private func sidecar(
        plan: String? = nil, interval: String? = nil, more: [String] = []
    ) async throws -> BackgroundProcess {
        let process = try laboratory.startAgent(
            "sidecar", plan: plan ?? self.plan,
            more: (interval.map { ["--refresh-interval", $0] } ?? []) + more)
        let answers = try await eventually { try laboratory.runAgent("health").status == 0 }
        try #require(answers, "\(process.errors)")
        return process
    }

    private func stop(_ process: BackgroundProcess, with signal: Int32 = SIGTERM) async throws {
        process.signal(signal)
        // The contract says 2 s; the test allows for a slow machine.
        #expect(try await process.wait(limit: .seconds(10)) == 0, "\(process.errors)")
        #expect(!FileManager.default.fileExists(atPath: laboratory.root + "/agent.sock"))
    }

    @Test("init publishes once and ends; the sidecar then calls Keeper one interval later, not at once")
    func startWithoutSecondCall() async throws {
        let result = try laboratory.runAgent("init", plan: plan)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(laboratory.text("/app/password") == "hunter2-but-longer")
        #expect(laboratory.emulator.counters.getSecret == 1)
        let before = try laboratory.tree()

        let process = try await sidecar()
        #expect(try await eventually { process.errors.contains("secrets are published already") })
        #expect(try laboratory.runAgent("health", more: ["--ready"]).status == 0)
        try await stop(process)
        #expect(laboratory.emulator.counters.getSecret == 1)
        #expect(try laboratory.tree() == before)
    }

    @Test("the sidecar picks a change up")
    func picksUp() async throws {
        try #require(try laboratory.runAgent("init", plan: plan).status == 0)
        let process = try await sidecar(interval: "50ms")
        try change(to: "rotated")
        #expect(try await eventually { laboratory.text("/app/password") == "rotated" }, "\(process.errors)")
        try await stop(process, with: SIGINT)
    }

    @Test("health says that nothing runs, that it runs, and with --ready that secrets are there")
    func health() async throws {
        let nothing = try laboratory.runAgent("health")
        #expect(nothing.status == 1)
        #expect(
            nothing.errors.contains("no agent answers on '\(laboratory.root)/agent.sock'"),
            "\(nothing.errors)")

        laboratory.emulator.faults = [Fault(.hang)]
        let process = try await sidecar(interval: "50ms")
        let early = try laboratory.runAgent("health", more: ["--ready"])
        #expect(early.status == 1)
        #expect(early.output.contains("no current secrets"), "\(early.output)")
        try await stop(process)
        #expect(try laboratory.runAgent("health").status == 1)

        laboratory.emulator.faults = []
        let second = try await sidecar(interval: "50ms")
        #expect(try await eventually { try laboratory.runAgent("health", more: ["--ready"]).status == 0 })
        // A socket that a killed agent leaves behind is nobody who answers, and no obstacle.
        second.signal(SIGKILL)
        _ = try await second.wait()
        #expect(FileManager.default.fileExists(atPath: laboratory.root + "/agent.sock"))
        #expect(try laboratory.runAgent("health").status == 1)
        try await stop(try await sidecar())
    }

    @Test("/metrics has the contract's names")
    func metrics() async throws {
        let port = try LoopbackClient.freePort()
        let process = try await sidecar(interval: "50ms", more: ["--health-port", "\(port)"])
        #expect(try await eventually { laboratory.text("/app/password") != nil })
        laboratory.emulator.faults = [Fault(.error(code: "access_denied"))]
        var text = ""
        #expect(
            try await eventually {
                text = try run(Peers.curl, ["-sS", "http://127.0.0.1:\(port)/metrics"]).output
                return text.contains(#"keeper_sidecar_refresh_errors_total{reason="refused"}"#)
            }, "\(text) \(process.errors)")
        for line in [
            "# TYPE keeper_sidecar_refresh_total counter",
            #"keeper_sidecar_refresh_total{result="changed"} 1"#,
            #"keeper_sidecar_refresh_total{result="failed"}"#,
            "# TYPE keeper_sidecar_refresh_errors_total counter",
            "# TYPE keeper_sidecar_secrets_fetched_total counter",
            "# TYPE keeper_sidecar_fetch_duration_seconds histogram",
            #"keeper_sidecar_fetch_duration_seconds_bucket{le="+Inf"}"#,
            "keeper_sidecar_fetch_duration_seconds_sum",
            "keeper_sidecar_fetch_duration_seconds_count", "keeper_sidecar_secrets_active 2",
            "keeper_sidecar_last_refresh_timestamp_seconds 1", "keeper_sidecar_stale_seconds 0",
            "keeper_sidecar_build_info{version=",
        ] {
            #expect(text.contains(line), "\(line) is missing in:\n\(text)")
        }
        for value in ["hunter2", "shop-admin", "sk_test"] { #expect(!text.contains(value)) }
        for (path, status) in [("healthz", "200"), ("readyz", "200"), ("nothing", "404")] {
            let answer = try run(
                Peers.curl,
                ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/\(path)"])
            #expect(answer.output == status)
        }
        try await stop(process)
    }

    @Test("clients that send nothing, garbage or too much, even more than it serves, do not stop it")
    func hostileClients() async throws {
        let port = try LoopbackClient.freePort()
        let process = try await sidecar(interval: "50ms", more: ["--health-port", "\(port)"])
        let silent = try (0..<40).map { _ in try LoopbackClient(port: port) }
        // While they hold on, the probe through the socket is answered.
        #expect(try laboratory.runAgent("health").status == 0)
        for garbage in [
            [UInt8](repeating: 0xFF, count: 10_000), Array("\n\n".utf8), Array("\r\n\r\n".utf8),
            Array("POST / HTTP/1.1\r\n\r\n".utf8), [0x16, 0x03, 0x01, 0x02, 0x00, 0x0A],
            Array("GET /metrics".utf8), Array("GET \0\u{1B}[2J HTTP/9\r\n\r\n".utf8),
        ] {
            let client = try LoopbackClient(port: port)
            client.send(garbage)
            #expect(try laboratory.runAgent("health").status == 0)
        }
        try change(to: "in spite of them")
        #expect(try await eventually { laboratory.text("/app/password") == "in spite of them" })
        withExtendedLifetime(silent) {}
        try await stop(process)
    }

    @Test("a second sidecar at the same root does not take the first one's socket")
    func takenSocket() async throws {
        let process = try await sidecar()
        let second = try laboratory.runAgent("sidecar", plan: plan)
        #expect(second.status == 1)
        #expect(second.errors.contains("agent.sock"), "\(second.errors)")
        #expect(try laboratory.runAgent("health").status == 0)
        try await stop(process)
    }

    @Test("a taken health port is said")
    func takenPort() async throws {
        let port = try LoopbackClient.freePort()
        let process = try await sidecar(more: ["--health-port", "\(port)"])
        let other = try run(
            Checkout.product("keeper-injector-agent"),
            ["sidecar", "--root", laboratory.root + "2", "--health-port", "\(port)"] + laboratory.connection,
            environment: ["KEEPER_INJECTOR_CONFIG": plan])
        #expect(other.status == 1)
        #expect(other.errors.contains("port \(port)"), "\(other.errors)")
        try await stop(process)
    }

    @Test(
        "a plan that is missing or malformed is a mistake of configuration", arguments: ["init", "sidecar"])
    func badPlan(verb: String) throws {
        let missing = try laboratory.runAgent(verb)
        #expect(missing.status == 3)
        #expect(missing.errors.contains("KEEPER_INJECTOR_CONFIG"))
        for text in [
            "", "{", "[]", "{}", #"{"version": 99}"#, plan.replacingOccurrences(of: "selections", with: "x"),
        ] {
            let result = try laboratory.runAgent(verb, plan: text)
            #expect(result.status == 3, "\(text): \(result.errors)")
            #expect(result.errors.contains("plan cannot be read"), "\(text): \(result.errors)")
        }
        #expect(laboratory.emulator.counters.connections == 0)
    }

    @Test(
        "wrong usage",
        arguments: [
            "", "nonsense", "init --nonsense", "init --ready", "sidecar --refresh-interval 5",
            "sidecar --refresh-interval 1ms", "sidecar --health-port 65536", "health --ksm-config",
            "init stray",
        ])
    func usage(arguments: String) throws {
        let result = try run(
            Checkout.product("keeper-injector-agent"), arguments.split(separator: " ").map(String.init))
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("error: "))
        #expect(result.output.isEmpty)
    }

    @Test("init fails while Keeper is unreachable")
    func initWithoutKeeper() throws {
        laboratory.emulator.faults = [Fault(.reset)]
        let result = try laboratory.runAgent("init", plan: plan)
        #expect(result.status == 5, "\(result.errors)")
        #expect(try laboratory.tree().isEmpty)
    }

    @Test("with fail-on-error=false the pod starts without Keeper, and the sidecar publishes later")
    func failOnErrorFalse() async throws {
        laboratory.emulator.faults = [Fault(.reset)]
        let plan = try laboratory.plan(AgentTests.annotations + ["fail-on-error=false"])
        let result = try laboratory.runAgent("init", plan: plan)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("starting without secrets"))
        #expect(try laboratory.tree().isEmpty)
        let process = try await sidecar(plan: plan, interval: "50ms")
        #expect(try await eventually { process.errors.contains("no secrets yet") })
        laboratory.emulator.faults = []
        #expect(try await eventually { laboratory.text("/app/password") == "hunter2-but-longer" })
        try await stop(process)
    }

    @Test(
        "SIGTERM ends the sidecar while Keeper hangs, with the files as they were",
        arguments: ["hang", "tls-hang"])
    func stopInHang(fault: String) async throws {
        try #require(try laboratory.runAgent("init", plan: plan).status == 0)
        let before = try laboratory.tree()
        try change(to: "never seen")
        laboratory.emulator.faults = [try Fault(parsing: fault)]
        let connections = laboratory.emulator.counters.connections
        let process = try await sidecar(interval: "50ms")
        #expect(try await eventually { laboratory.emulator.counters.connections > connections })
        #expect(try laboratory.runAgent("health").status == 0)
        try await stop(process)
        #expect(try laboratory.tree() == before)
    }
}
