import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// Reads the memory of a running sidecar, as somebody with root on the node could.
@Suite("Values in the memory of the agent", .enabled(if: geteuid() == 0, "needs root"))
struct MemoryTests {
    /// Random values of many sizes, all different each time.
    private struct Values {
        var texts: [String: String] = [:]
        var files: [String: [UInt8]] = [:]

        /// Fields of record Alpha.
        static let fields = ["login", "password", "API Key", "Note", "Blob", "Digits"]

        init() {
            func text(_ count: Int, of alphabet: String) -> String {
                let letters = Array(alphabet)
                return String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count)] })
            }
            let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            texts["login"] = text(8, of: letters)
            texts["password"] = text(24, of: letters)
            texts["API Key"] = text(40, of: letters)
            // What JSON, env and YAML have to escape; each for itself, so that no two values have a piece in common.
            texts["Note"] = ["'", "\"", "ü", "\n", "\\"].reduce(text(60, of: letters)) {
                $0 + $1 + text(60, of: letters)
            }
            texts["Blob"] = text(100 * 1024, of: letters)
            texts["Digits"] = "7" + text(13, of: "0123456789")
            texts["notes"] = text(300, of: letters)
            texts["Beta"] = text(32, of: letters)
            files["small.txt"] = Array(text(50, of: letters).utf8)
            files["data.bin"] = (0..<100 * 1024).map { _ in .random(in: 0...255) }
        }

        var record: EmulatorRecord {
            EmulatorRecord(
                uid: "AlphaRecord00000000001", title: "Alpha", notes: texts["notes"],
                fields: [field("login"), field("password")],
                custom: Values.fields.dropFirst(2).map { field("text", label: $0) },
                files: [
                    EmulatorFile(
                        uid: "AlphaSmallFile00000001", name: "small.txt", content: files["small.txt"] ?? []),
                    EmulatorFile(
                        uid: "AlphaDataFile000000001", name: "data.bin", content: files["data.bin"] ?? []),
                ])
        }

        private func field(_ type: String, label: String? = nil) -> EmulatorField {
            EmulatorField(type, label: label, .string(texts[label ?? type] ?? ""))
        }

        var traces: Traces { Traces(texts.mapValues { Array($0.utf8) }.merging(files) { $1 }) }
    }

    private static let template =
        ##"{{ .password }} {{ .password | upper }} {{ .login | b64enc | b64dec }} {{ index . "API Key" | sha256sum }} "##
        + ##"{{ printf "%q %10s" .Note .login }} {{ regexReplaceAll "[0-9]+" .password "#" }} {{ regexFind "[a-z]+[A-Z]" .Note }} "##
        + ##"{{ .Note | replace "a" "b" | trunc 90 | quote }} {{ splitList "e" .Note | join "," | b64enc }} {{ .Note | urlquery }} "##
        + ##"{{ dict "k" .password | toJson }} {{ list .login .password | toYaml }} {{ atoi .Digits | add 1 }} {{ ._notes | title }} "##
        + ##"{{ if eq .login "x" }}{{ else }}{{ range splitList "1" .Blob }}{{ . | lower }}{{ end }}{{ end }}"##

    private static let annotations = [
        "secret=Alpha", "secret-short=Alpha[login]:/app/short", "secret-pw=Alpha[password]:/app/pw",
        "secret-blob=Alpha[Blob]:/app/blob", "secret-key=keeper://Alpha/custom_field/API Key:/app/key",
        "file-data=Alpha:data.bin:/app/data.bin", "secret-beta=Beta[password]:/app/beta",
        """
        config=secrets:
          - {record: Alpha, path: /app/alpha.env, format: env}
          - {record: Alpha, path: /app/alpha.properties, format: properties}
          - {record: Alpha, path: /app/alpha.yaml, format: yaml}
          - {record: Alpha, path: /app/alpha.ini, format: ini, fields: [login, password, Blob]}
          - {record: Alpha, path: /app/small, file: small.txt}
          - record: Alpha
            path: /app/rendered
            template: '\(template.replacingOccurrences(of: "'", with: "''"))'
        """,
    ]

    /// A sidecar, the values it has published, and its Keeper.
    private final class Patient {
        let laboratory: Laboratory
        let process: BackgroundProcess
        var values: Values

        init(_ backend: String, more: [String] = [], interval: String = "1500ms", staleness: String? = nil)
            async throws
        {
            values = Values()
            laboratory = try Laboratory(
                EmulatorVault(
                    records: [
                        values.record,
                        EmulatorRecord(
                            uid: "BetaRecord000000000001", title: "Beta",
                            fields: [EmulatorField("password", .string(values.texts["Beta"] ?? ""))]),
                    ]))
            var plan = try laboratory.plan(
                MemoryTests.annotations + ["backend=\(backend)", "max-staleness=60s"] + more)
            if let staleness {
                plan = plan.replacingOccurrences(
                    of: "\"maxStaleness\": \"1m0s\"", with: "\"maxStaleness\": \"\(staleness)\"")
            }
            process = try laboratory.startAgent(
                "sidecar", plan: plan, more: ["--refresh-interval", interval])
            try await expectPublished()
        }

        var memory: ProcessMemory { ProcessMemory(pid: process.pid) }

        func bytes(_ path: String) -> [UInt8]? {
            FileManager.default.contents(atPath: laboratory.path(path)).map(Array.init)
        }

        /// The directory that is swapped last, and the one before.
        var isPublished: Bool {
            bytes("/app/pw") == values.texts["password"].map { Array($0.utf8) }
                && bytes("/app/data.bin") == values.files["data.bin"]
                && bytes("/app/beta") == values.texts["Beta"].map { Array($0.utf8) }
                && bytes("/keeper/secrets/alpha.json").map {
                    String(decoding: $0, as: UTF8.self).contains(values.texts["login"] ?? "-")
                } == true
        }

        func expectPublished(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try #require(
                try await eventually { self.isPublished || !self.process.isRunning },
                sourceLocation: sourceLocation)
            try #require(isPublished, "\(process.errors.suffix(3000))", sourceLocation: sourceLocation)
        }

        func rotate() throws {
            values = Values()
            try laboratory.emulator.edit { vault throws(VaultError) in
                let record = values.record
                try vault.update("Alpha") { record_ in
                    let revision = record_.revision
                    record_ = record
                    record_.revision = revision
                    for index in record_.files.indices {
                        record_.files[index].lastModified += revision * 1000
                    }
                }
                try vault.set("password", of: "Beta", to: values.texts["Beta"] ?? "")
            }
        }

        /// Whether the kernel locked all that it was asked to.
        var canLock: Bool { !process.errors.contains("cannot be locked") }

        /// Nothing of what was there is in memory within a second or so, and nothing of what is there lies
        /// in ordinary memory.
        /// - Returns: how long it took.
        @discardableResult
        func expectGone(
            _ traces: Traces, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> Duration {
            let start = ContinuousClock.now
            var found: [ProcessMemory.Trace] = []
            // The contract's second, thrice: machines are slow, and reading takes its time too.
            let isGone = try await eventually(within: .seconds(3)) {
                found = try memory.find(traces, everything: false)
                return found.isEmpty
            }
            let time = ContinuousClock.now - start
            #expect(isGone, "\(what): \(MemoryTests.list(found))", sourceLocation: sourceLocation)
            let rest = try memory.find(traces, everything: true)
            #expect(rest.isEmpty, "\(what): \(MemoryTests.list(rest))", sourceLocation: sourceLocation)
            return time
        }

        /// Values in force lie in locked memory that no core dump has.
        /// - Returns: how many of them there are.
        @discardableResult
        func expectGuarded(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Int {
            let traces = values.traces
            var found: [ProcessMemory.Trace] = []
            // A refresh may be under way, whose stack is overwritten at its end.
            _ = try await eventually(within: .seconds(3)) {
                found = try memory.find(traces, everything: true)
                return found.allSatisfy { $0.isGuarded(locked: canLock) }
            }
            let stray = found.filter { !$0.isGuarded(locked: canLock) }
            #expect(stray.isEmpty, "\(MemoryTests.list(stray))", sourceLocation: sourceLocation)
            return found.count
        }
    }

    private static func list(_ traces: [ProcessMemory.Trace]) -> String {
        traces.map(\.description).sorted().joined(separator: "\n")
    }

    @Test("after a rotation nothing of the old values is left within a second", arguments: ["tmpfs", "fuse"])
    func rotation(backend: String) async throws {
        let patient = try await Patient(backend)
        // The search tells ordinary memory, as this test's own is.
        let own = try ProcessMemory(pid: getpid()).find(patient.values.traces, everything: false)
        #expect(own.contains { !$0.isGuarded(locked: false) })
        // The search finds what is there: on FUSE the values themselves, else at least the cached attachment.
        #expect(try await patient.expectGuarded() > 0)
        for _ in 0..<3 {
            let old = patient.values.traces
            try patient.rotate()
            try await patient.expectPublished()
            let time = try await patient.expectGone(old, "an old value")
            print("\(backend): old values were gone after \(time), reading included")
            #expect(try await patient.expectGuarded() > 0)
        }
        #expect(patient.canLock)

        let old = patient.values.traces
        patient.process.signal(SIGTERM)
        #expect(try await patient.process.wait() == 0)
        let root = patient.laboratory.scratch.path
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            var status = stat()
            guard lstat(root + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let content = try Data(contentsOf: URL(fileURLWithPath: root + "/" + name))
            let found = (content + Data(count: 4096)).withUnsafeBytes { old.find(in: $0) }
            // On tmpfs the files outlive the agent, as the app does.
            let isPublished =
                backend == "tmpfs" && (name.hasPrefix("root/app/") || name.hasPrefix("root/keeper/"))
            #expect(found.isEmpty || isPublished, "\(name): \(found.keys)")
        }
    }

    @Test(
        "what a refresh that failed has fetched is forgotten", arguments: ["tmpfs", "fuse"],
        ["corrupt-record=BetaRecord000000000001", "corrupt-file=AlphaDataFile000000001", "no such field"])
    func failure(backend: String, fault: String) async throws {
        let patient = try await Patient(backend, interval: "1s")
        let published = patient.values
        if fault == "no such field" {
            try patient.rotate()
            try patient.laboratory.emulator.edit { vault throws(VaultError) in
                try vault.update("Beta") { $0.fields = [] }
            }
        } else {
            patient.laboratory.emulator.faults = [try Fault(parsing: fault)]
            try patient.rotate()
        }
        var fetched = patient.values
        #expect(
            try await eventually { patient.process.errors.contains("refresh failed") },
            "\(patient.process.errors)")
        // An attachment is kept, in locked memory, so that the next try does not download it again.
        for file in fetched.files.keys { fetched.files[file] = nil }
        try await patient.expectGone(fetched.traces, "a value that was never published")
        try await patient.expectGuarded()
        patient.values = published
        try await patient.expectGuarded()
        #expect(patient.isPublished)
    }

    @Test("on-stale: remove removes them from memory too", arguments: ["tmpfs", "fuse"])
    func removal(backend: String) async throws {
        let patient = try await Patient(
            backend, more: ["on-stale=remove"], interval: "500ms", staleness: "2s")
        let old = patient.values.traces
        patient.laboratory.emulator.faults = [Fault(.reset)]
        #expect(
            try await eventually { patient.process.errors.contains("the stale secrets were removed") },
            "\(patient.process.errors)")
        try await patient.expectGone(old, "a removed value")
    }

    @Test("a crash leaves no core file and no value on stderr", arguments: [SIGSEGV, SIGBUS])
    func crash(signal: Int32) async throws {
        let laboratory = try Laboratory()
        // As another user, in a directory where it may write, and with core files allowed by who starts it.
        try #require(chmod(laboratory.scratch.path, 0o777) == 0)
        for file in [laboratory.configuration, laboratory.ca] { try #require(chmod(file, 0o644) == 0) }
        let plan = try laboratory.plan(["secret-pw=Web shop login[password]:/keeper/secrets/pw"])
        // The runtime's crash reporter would show registers and the memory they point to.
        let process = try BackgroundProcess(
            "/bin/sh",
            [
                "-c",
                "ulimit -H -c unlimited; ulimit -c unlimited; ulimit -c; cd \"$0\"; exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"",
                laboratory.scratch.path, Checkout.product("keeper-injector-agent"), "sidecar", "--root",
                laboratory.root, "--refresh-interval", "200ms",
            ] + laboratory.connection,
            environment: [
                "KEEPER_INJECTOR_CONFIG": plan, "PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=yes",
            ])
        #expect(
            try await eventually { laboratory.text("/keeper/secrets/pw") == "hunter2-but-longer" },
            "\(process.errors)")
        #expect(process.output == "unlimited\n")
        // The kernel gives the files of a process that is not dumpable to root.
        #expect(DiskTree.access("/proc/\(process.pid)/environ") == "400 0:0")
        let limits = try String(contentsOfFile: "/proc/\(process.pid)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0 /#), "\(limits)")
        #expect(
            try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8).contains(
                "CoreDumping:\t0"))
        // Nobody of its own user looks into it, nor attaches to it.
        let look = try run(
            "setpriv",
            [
                "--reuid", "65534", "--regid", "65534", "--clear-groups", "head", "-c1",
                "/proc/\(process.pid)/mem",
            ])
        #expect(look.errors.contains("Permission denied"), "\(look)")

        process.signal(signal)
        #expect(try await process.wait() == 128 + signal, "\(process.errors)")
        #expect(!process.errors.contains("rax") && !process.errors.contains("Backtrace"), "\(process.errors)")
        let pattern = try String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
        let name = String(pattern.trimmingCharacters(in: .newlines).prefix { $0 != "%" && $0 != "." })
        for directory in [laboratory.scratch.path, laboratory.root] where !pattern.hasPrefix("|") {
            let files = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(
                !files.contains { $0.hasPrefix(URL(fileURLWithPath: name).lastPathComponent) }, "\(files)")
        }
        #expect(!process.errors.contains("hunter2"), "\(process.errors)")
    }
}
