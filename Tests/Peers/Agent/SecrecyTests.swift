import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// Values appear in the published files and on the standard output of `get` and `bind`, nowhere else.
@Suite("Nothing but the files asked for has a value")
struct SecrecyTests {
    private static let annotations = [
        "secrets=Web shop login, Payments database, Company card, Grafana Zugang – ключ",
        "secret-pw=Web shop login[password]:/app/password",
        "secret-host=keeper://Payments database/field/host[0][hostName]",
        "secret-readme=keeper://Web shop login/file/readme.txt:/app/readme.txt",
        "secret-keystore=keeper://Signing keystore/file/release.keystore:/app/release.keystore",
    ]
    private static let faults = [
        "", "500", "reset", "corrupt", "corrupt-record=WebShopLogin0000000001",
        "corrupt-file=WebShopReadme000000001", "truncate", "throttle=1*1", "wrong-key", "proxy", "proxy@file",
        "error=access_denied",
    ]
    private static let formats = ["json", "text"]

    private let laboratory: Laboratory
    private let secrets: Secrets

    init() throws {
        var secrets = try Secrets()
        laboratory = try Laboratory(secrets.vault)
        try secrets.forbid(configuration: String(contentsOfFile: laboratory.configuration, encoding: .utf8))
        self.secrets = secrets
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
    }

    private var home: String { laboratory.scratch.file("home") }

    /// Whatever a program might write by the way, it writes where the test looks.
    private func environment(_ more: [String: String] = [:]) -> [String: String] {
        ["PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home].merging(more) { $1 }
    }

    private func logging(_ format: String) -> [String] { ["--log-level", "debug", "--log-format", format] }

    private func tool(_ arguments: [String]) throws -> CommandResult {
        try run(Checkout.product("keeper-injector"), arguments, environment: environment(), directory: home)
    }

    private func selected(_ annotations: [String] = annotations) -> [String] {
        annotations.flatMap { ["--annotation", $0] }
    }

    private func expectNone(in result: CommandResult, _ place: String, output: Bool = true) {
        secrets.expectNone(in: result.errors, place + " stderr")
        if output { secrets.expectNone(in: result.output, place + " stdout") }
    }

    private func expectNoneOnDisk() throws {
        try secrets.expectNone(
            below: laboratory.scratch.path, except: ["keeper.json", "root/app/", "root/keeper/"])
    }

    @Test("the marks do reach the files, so that the search would find them")
    func marksArrive() throws {
        let result = try laboratory.runOnce(SecrecyTests.annotations)
        try #require(result.status == 0, "\(result.errors)")
        for (name, content) in try laboratory.tree() {
            #expect(String(decoding: content, as: UTF8.self).contains(secrets.forbidden[0]), "\(name)")
        }
        let configuration = try String(contentsOfFile: laboratory.configuration, encoding: .utf8)
        for key in secrets.forbidden.dropFirst(4) { #expect(configuration.contains(key)) }
    }

    @Test("commands that end", arguments: faults, formats)
    func commands(fault: String, format: String) throws {
        laboratory.emulator.faults = fault.isEmpty ? [] : [try Fault(parsing: fault)]
        let more = laboratory.connection + logging(format)
        let publish = try tool(["run", "--once", "--root", laboratory.root] + selected() + more)
        #expect(
            (publish.status == 0) == ["", "throttle=1*1", "wrong-key"].contains(fault) || fault == "wrong-key"
        )
        expectNone(in: publish, "run")
        expectNone(in: try tool(["list", "--output", format] + more), "list")
        expectNone(in: try tool(["get", "Web shop login"] + more), "get", output: false)
        try expectNoneOnDisk()
    }

    @Test("errors about names that do not fit", arguments: formats)
    func mistakes(format: String) throws {
        let more = laboratory.connection + logging(format)
        for annotation in [
            "secret-x=Web shop login[nothing]:/app/x", "secret-x=Web shop logn",
            "secret-x=keeper://Payments database/field/host[0][nothing]",
            "secret-x=keeper://Payments database/field/host[7]",
            "secret-x=keeper://Web shop login/file/nothing",
            "secret-x=keeper://Company card/field/paymentCard[0][nothing]", "secret-x=Staging login",
        ] {
            let run = ["run", "--once", "--root", laboratory.root]
            let result = try tool(run + selected([annotation, "strict-lookup=true"]) + more)
            // A property that is not there is an empty value, as with the official client.
            #expect((result.status == 0) == annotation.hasSuffix("[0][nothing]"), "\(annotation)")
            #expect(!result.errors.isEmpty)
            expectNone(in: result, annotation)
        }
        let plan = try tool(
            ["plan"] + selected(SecrecyTests.annotations + ["ksm-config=x"]) + logging(format))
        #expect(plan.status == 0, "\(plan.errors)")
        expectNone(in: plan, "plan")
        try expectNoneOnDisk()
    }

    @Test("bind", arguments: ["", "500", "error=access_denied"], formats)
    func bind(fault: String, format: String) throws {
        laboratory.emulator.faults = fault.isEmpty ? [] : [try Fault(parsing: fault)]
        let token = try laboratory.emulator.isolatedToken()
        let result = try run(
            Checkout.product("keeper-injector"),
            ["bind", "-", "--hostname", laboratory.emulator.hostname, "--ca-cert", laboratory.ca]
                + logging(format), environment: environment(),
            input: token + "\n", directory: home)
        #expect((result.status == 0) == fault.isEmpty, "\(result.errors)")
        // IL5:TOKEN:KEYID:KEY
        #expect(!result.errors.contains(token.split(separator: ":")[1]))
        expectNone(in: result, "bind", output: false)
        var own = secrets
        if fault.isEmpty {
            try own.forbid(configuration: result.output)
        } else {
            #expect(result.output.isEmpty)
        }
        own.expectNone(in: result.errors, "bind stderr")
        try own.expectNone(
            below: laboratory.scratch.path, except: ["keeper.json", "root/app/", "root/keeper/"])
    }

    @Test("the agent: init, sidecar, health and metrics", arguments: faults, formats)
    func agent(fault: String, format: String) async throws {
        let plan = try laboratory.plan(SecrecyTests.annotations + ["fail-on-error=false"])
        let first = try laboratory.runAgent("init", plan: plan, more: logging(format))
        try #require(first.status == 0, "\(first.errors)")
        expectNone(in: first, "init")

        let port = try LoopbackClient.freePort()
        laboratory.emulator.faults = fault.isEmpty ? [] : [try Fault(parsing: fault)]
        let process = try BackgroundProcess(
            Checkout.product("keeper-injector-agent"),
            ["sidecar", "--root", laboratory.root, "--refresh-interval", "50ms", "--health-port", "\(port)"]
                + laboratory.connection + logging(format),
            environment: environment(["KEEPER_INJECTOR_CONFIG": plan]))
        let calls = laboratory.emulator.counters.getSecret
        #expect(
            try await eventually { laboratory.emulator.counters.getSecret > calls + 1 }, "\(process.errors)")
        // A change, too, so that there is something to say.
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: "\(secrets.forbidden[0])-changed")
        }
        let later = laboratory.emulator.counters.getSecret
        #expect(
            try await eventually { laboratory.emulator.counters.getSecret > later + 1 }, "\(process.errors)")
        try secrets.expectNone(ofProcess: process.pid)
        let metrics = try run(Peers.curl, ["-sS", "http://127.0.0.1:\(port)/metrics"])
        #expect(metrics.output.contains("keeper_sidecar_refresh_total"), "\(metrics.errors)")
        expectNone(in: metrics, "metrics")
        expectNone(in: try laboratory.runAgent("health", more: ["--ready"]), "health")
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0, "\(process.errors)")
        #expect(process.errors.contains("debug"))
        secrets.expectNone(in: process.errors + process.output, "sidecar")
        try expectNoneOnDisk()
    }

    @Test("run, while it runs", arguments: formats)
    func running(format: String) async throws {
        let process = try laboratory.start(SecrecyTests.annotations, more: logging(format))
        #expect(try await eventually { laboratory.text("/app/password") != nil }, "\(process.errors)")
        try secrets.expectNone(ofProcess: process.pid)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
        secrets.expectNone(in: process.errors + process.output, "run")
        try expectNoneOnDisk()
    }
}
