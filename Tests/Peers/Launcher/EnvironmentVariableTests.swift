import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// From Keeper to the environment of a process: the agent writes, the launcher starts.
@Suite("Environment variables, from Keeper to the process")
struct EnvironmentVariableTests {
    private static let annotations = [
        "secret=Web shop login", "inject-env-vars=true", "env-prefix=WEB_",
    ]

    private func launcher(_ laboratory: Laboratory) -> String {
        laboratory.path("/keeper/launcher/keeper-injector-exec")
    }

    private func file(_ laboratory: Laboratory, _ container: String = "app") -> String {
        laboratory.path("/keeper/env/\(container)/environment")
    }

    /// What a program that is started now gets.
    private func variable(_ name: String, _ laboratory: Laboratory) throws -> String? {
        guard FileManager.default.fileExists(atPath: file(laboratory)) else { return nil }
        let result = try run(
            launcher(laboratory), [file(laboratory), "--", "/usr/bin/env", "-0"],
            environment: ["PATH": "/usr/bin:/bin"])
        return result.output.split(separator: "\0").first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.utf8.count + 1)) }
    }

    @Test("values are in the process's environment, and in no argument, log, or file but the one")
    func secrecy() async throws {
        var secrets = try Secrets()
        let laboratory = try Laboratory(secrets.vault)
        try secrets.forbid(configuration: String(contentsOfFile: laboratory.configuration, encoding: .utf8))
        let plan = try laboratory.plan(Self.annotations)
        secrets.expectNone(in: plan, "the plan")
        let start = try laboratory.runAgent("init", plan: plan, more: ["--log-level", "debug"])
        #expect(start.status == 0, "\(start.errors)")
        #expect(start.errors.contains("WEB_PASSWORD"))
        secrets.expectNone(in: start.output + start.errors, "the agent's log")
        try secrets.expectNone(
            below: laboratory.scratch.path, except: ["keeper.json", "root/keeper/env/app/environment"])
        #expect(DiskTree.access(file(laboratory)).hasPrefix("600 "))
        // A pod of variables alone: no directory for files.
        #expect(!FileManager.default.fileExists(atPath: laboratory.path("/keeper/secrets")))

        let app = try BackgroundProcess(
            launcher(laboratory), [file(laboratory), "--", "/bin/sleep", "60"], environment: ["A": "b"])
        let command = "/proc/\(app.pid)/cmdline"
        #expect(try await eventually { DiskTree.text(command) == "/bin/sleep\u{0}60\u{0}" })
        let environment = try #require(DiskTree.text("/proc/\(app.pid)/environ"))
        let password = try #require(
            secrets.vault.record("Web shop login").fields.first { $0.isNamed("password") }?.value.first)
        guard case .string(let value) = password else { throw CancellationError() }
        #expect(environment.split(separator: "\0").contains("WEB_PASSWORD=\(value)"))
        #expect(environment.hasPrefix("A=b\u{0}"))
        secrets.expectNone(in: app.output + app.errors, "the app's output")
        // The test's thread blocks other signals, and so does what it starts.
        app.signal(SIGKILL)
        #expect(try await app.wait() == 128 + SIGKILL)
    }

    @Test("run -f writes a file for each container that the manifest names")
    func runOnALaptop() throws {
        let laboratory = try Laboratory()
        let manifest = laboratory.scratch.file("pod.yaml")
        try """
        kind: Pod
        metadata:
          name: a
          annotations:
            keeper.security/inject: "true"
            keeper.security/containers: "web, job"
            keeper.security/config: |
              secrets:
              - record: Web shop login
                injectAsEnvVars: true
                envPrefix: WEB_
                envKeys: {password: PGPASSWORD}
              - record: Payments database
                path: /app/db.json
        spec:
          initContainers: [{name: job, image: x}]
          containers: [{name: web, image: x, command: [x]}, {name: other, image: x}]
        """.write(toFile: manifest, atomically: false, encoding: .utf8)
        let result = try laboratory.tool("run", "--once", "-f", manifest, "--root", laboratory.root)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try DiskTree.names(laboratory.path("/keeper/env")) == ["job", "web"])
        let env = try run(
            launcher(laboratory),
            [file(laboratory, "web"), "--", "/bin/sh", "-c", "echo \"$PGPASSWORD $WEB_LOGIN\""],
            environment: ["PGPASSWORD": "old", "WEB_LOGIN": "own"])
        #expect(env.output == "hunter2-but-longer own\n")
        #expect(env.errors.contains("WEB_LOGIN") && !env.errors.contains("PGPASSWORD"))
        #expect(laboratory.text("/app/db.json")?.contains("payments_app") == true)
        let shown = try laboratory.tool("render", "-f", manifest, "--sample")
        #expect(
            shown.output.contains("==> environment variables <==\n")
                && shown.output.contains("PGPASSWORD=sample-"))
    }

    @Test("a sidecar brings a new value to the file, for the container's next start")
    func rotation() async throws {
        let laboratory = try Laboratory()
        let plan = try laboratory.plan(Self.annotations + ["secret-pw=Web shop login[password]:/app/pw"])
        #expect(try laboratory.runAgent("init", plan: plan).status == 0)
        #expect(try variable("WEB_PASSWORD", laboratory) == "hunter2-but-longer")
        let inode = { try DiskTree.snapshot(laboratory.path("/keeper/env")) }
        let before = try inode()
        let sidecar = try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", "100ms"])
        #expect(try await eventually { laboratory.emulator.counters.getSecret > 3 }, "\(sidecar.errors)")
        #expect(try inode() == before)
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: "new\nvalue")
        }
        #expect(
            try await eventually { try variable("WEB_PASSWORD", laboratory) == "new\nvalue" },
            "\(sidecar.errors)")
        sidecar.signal(SIGTERM)
        #expect(try await sidecar.wait() == 0)
    }

    @Test("over FUSE the variables are there before the sidecar says that it is ready")
    func fuse() async throws {
        guard geteuid() == 0 else { return print("NOT RUN: mounting needs root") }
        let laboratory = try Laboratory()
        let plan = try laboratory.plan(
            Self.annotations + ["secret-pw=Payments database[password]:/keeper/secrets/pw", "backend=fuse"])
        // Two attempts fail: for a while there is a sidecar and nothing published.
        laboratory.emulator.faults = [Fault(.reset, times: 2)]
        let sidecar = try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", "1h"])
        let isReady = try await eventually {
            try laboratory.runAgent("health", more: ["--ready"]).status == 0
        }
        #expect(isReady, "\(sidecar.errors)")
        // At once, without waiting for it.
        #expect(try variable("WEB_LOGIN", laboratory) == "shop-admin")
        #expect(laboratory.text("/keeper/secrets/pw") == "correct horse battery staple")
        sidecar.signal(SIGTERM)
        #expect(try await sidecar.wait() == 0)
    }

    @Test(
        "without Keeper the pod does not start; with fail-on-error: false its commands run without variables")
    func unreachable() throws {
        let laboratory = try Laboratory()
        let strict = try laboratory.plan(Self.annotations)
        let lenient = try laboratory.plan(Self.annotations + ["fail-on-error=false"])
        laboratory.emulator.faults = [Fault(.reset)]
        #expect(try laboratory.runAgent("init", plan: strict).status == 5)
        #expect(!FileManager.default.fileExists(atPath: file(laboratory)))
        let start = try laboratory.runAgent("init", plan: lenient)
        #expect(start.status == 0 && start.errors.contains("starting without secrets"), "\(start.errors)")
        let result = try run(launcher(laboratory), [file(laboratory), "--", "/bin/echo", "up"])
        #expect(result.status == 0 && result.output == "up\n" && result.errors.isEmpty)
        laboratory.emulator.faults = []
        #expect(try laboratory.runAgent("init", plan: lenient).status == 0)
        #expect(try variable("WEB_LOGIN", laboratory) == "shop-admin")
    }

    @Test("with on-stale: remove, values do not outlive max-staleness, and the launcher says what happened")
    func stale() async throws {
        let laboratory = try Laboratory()
        let plan = try laboratory.plan(
            Self.annotations + [
                "secret-pw=Web shop login[password]:/app/pw", "on-stale=remove", "max-staleness=60s",
            ]
        ).replacingOccurrences(of: "\"maxStaleness\": \"1m0s\"", with: "\"maxStaleness\": \"2s\"")
        try #require(plan.contains("\"2s\""))
        let sidecar = try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", "200ms"])
        #expect(
            try await eventually { try variable("WEB_LOGIN", laboratory) == "shop-admin" },
            "\(sidecar.errors)")
        laboratory.emulator.faults = [Fault(.reset)]
        #expect(
            try await eventually { !FileManager.default.fileExists(atPath: file(laboratory)) },
            "\(sidecar.errors)")
        let result = try run(launcher(laboratory), [file(laboratory), "--", "/bin/echo", "up"])
        #expect(result.status == 125 && result.errors.contains("on-stale"))
        laboratory.emulator.faults = []
        #expect(
            try await eventually { try variable("WEB_LOGIN", laboratory) == "shop-admin" },
            "\(sidecar.errors)")
    }

    @Test("two records that make one variable, or a NUL, keep the pod from starting, named without a value")
    func impossible() throws {
        let laboratory = try Laboratory()
        let result = try laboratory.runOnce([
            "secrets=Web shop login, Payments database", "inject-env-vars=true",
        ])
        #expect(result.status == 3 && result.errors.contains("LOGIN"), "\(result.errors)")
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: "before\u{0}after")
        }
        let nul = try laboratory.runOnce(["secret=Web shop login", "inject-env-vars=true"])
        #expect(nul.status == 1)
        for words in ["NUL", "\\\"password\\\"", "Web shop login"] {
            #expect(nul.errors.contains(words), "\(nul.errors)")
        }
        #expect(!nul.errors.contains("before") && !FileManager.default.fileExists(atPath: file(laboratory)))
    }
}
