import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// What happens to a running sidecar, not to its Keeper.
@Suite("A sidecar in trouble")
struct TroubleTests {
    private final class Patient {
        let laboratory: Laboratory
        var process: BackgroundProcess
        private let plan: String
        private var mounted = false

        init(backend: String = "tmpfs", volume: Bool = false) async throws {
            laboratory = try Laboratory()
            if volume {
                try FileManager.default.createDirectory(
                    atPath: laboratory.root, withIntermediateDirectories: false)
                try Self.mount(["-t", "tmpfs", "-o", "size=128k", "tmpfs", laboratory.root])
                mounted = true
            }
            plan = try laboratory.plan([
                "secret-pw=Web shop login[password]:/keeper/secrets/pw", "backend=\(backend)",
            ])
            process = try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", "100ms"])
            try await expect("hunter2-but-longer")
        }

        deinit {
            process.signal(SIGKILL)
            if mounted { _ = try? run("umount", ["--lazy", laboratory.root]) }
        }

        static func mount(_ arguments: [String]) throws {
            let result = try run("mount", arguments)
            try #require(result.status == 0, "\(result.errors)")
        }

        var password: String? { laboratory.text("/keeper/secrets/pw") }

        func set(_ password: String) throws {
            try laboratory.emulator.edit { vault throws(VaultError) in
                try vault.set("password", of: "Web shop login", to: password)
            }
        }

        func expect(_ password: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            #expect(
                try await eventually { self.password == password }, "\(process.errors.suffix(3000))",
                sourceLocation: sourceLocation)
        }

        func says(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            #expect(
                try await eventually { self.process.errors.contains(text) }, "\(process.errors.suffix(3000))",
                sourceLocation: sourceLocation)
        }

        func restart() throws {
            process = try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", "100ms"])
        }
    }

    @Test(
        "a full volume: the old file stays, and with space it goes on",
        .enabled(if: geteuid() == 0, "needs root"))
    func full() async throws {
        let patient = try await Patient(volume: true)
        let filler = patient.laboratory.path("/filler")
        #expect(FileManager.default.createFile(atPath: filler, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: filler))
        while (try? handle.write(contentsOf: Data(count: 1024))) != nil {}
        try handle.close()
        try patient.set(String(repeating: "long ", count: 4000))
        try await patient.says("no space for the secrets")
        #expect(patient.password == "hunter2-but-longer")
        try FileManager.default.removeItem(atPath: filler)
        try await patient.expect(String(repeating: "long ", count: 4000))
    }

    @Test("a volume that is read-only for a while", .enabled(if: geteuid() == 0, "needs root"))
    func readOnly() async throws {
        let patient = try await Patient(volume: true)
        try Patient.mount(["-o", "remount,ro", patient.laboratory.root])
        try patient.set("second")
        try await patient.says("read-only file system")
        #expect(patient.password == "hunter2-but-longer")
        try Patient.mount(["-o", "remount,rw", patient.laboratory.root])
        try await patient.expect("second")
    }

    @Test("a directory that somebody removes is made again")
    func removed() async throws {
        let patient = try await Patient()
        try FileManager.default.removeItem(atPath: patient.laboratory.path("/keeper"))
        try await patient.expect("hunter2-but-longer")
        try patient.set("second")
        try await patient.expect("second")
    }

    @Test("no descriptor left (EMFILE): the old file stays, and it recovers", arguments: ["tmpfs", "fuse"])
    func descriptors(backend: String) async throws {
        guard backend == "tmpfs" || geteuid() == 0 else { return }
        let patient = try await Patient(backend: backend)
        let limit = { (number: String) in
            let result = try run("prlimit", ["--pid", "\(patient.process.pid)", "--nofile=\(number)"])
            try #require(result.status == 0, "\(result.errors)")
        }
        // As the connection stays open, it fails only once it has to be made anew.
        try limit("4:1024")
        patient.laboratory.emulator.faults = [Fault(.reset, times: 3)]
        try patient.set("second")
        try await patient.says("refresh failed, the published secrets stay")
        #expect(patient.password == "hunter2-but-longer")
        #expect(patient.process.isRunning)
        try limit("1024:1024")
        try await patient.expect("second")
    }

    @Test(
        "killed, as the kernel does without memory: what comes after goes on", arguments: ["tmpfs", "fuse"])
    func killed(backend: String) async throws {
        guard backend == "tmpfs" || geteuid() == 0 else { return }
        let patient = try await Patient(backend: backend)
        patient.process.signal(SIGKILL)
        #expect(try await patient.process.wait() == 128 + SIGKILL)
        if backend == "tmpfs" { #expect(patient.password == "hunter2-but-longer") }
        try patient.set("second")
        try patient.restart()
        try await patient.expect("second")
    }

    @Test(
        "out of memory: the kernel kills it, the old file stays, and what comes after goes on",
        .enabled(if: MemoryGroup.isAvailable, "NOT RUN: needs root and a writable memory cgroup"))
    func outOfMemory() async throws {
        let patient = try await Patient()
        let group = try MemoryGroup(limit: 1 << 20)
        defer { group.remove() }
        try group.add(patient.process.pid)
        try patient.set(String(repeating: "too much ", count: 60_000))
        #expect(try await patient.process.wait(limit: .seconds(60)) == 128 + SIGKILL)
        #expect(patient.password == "hunter2-but-longer")
        try patient.set("second")
        try patient.restart()
        try await patient.expect("second")
    }

    @Test("stopped for a while: the file stays, and it goes on at once", arguments: ["tmpfs", "fuse"])
    func stopped(backend: String) async throws {
        guard backend == "tmpfs" || geteuid() == 0 else { return }
        let patient = try await Patient(backend: backend)
        patient.process.signal(SIGSTOP)
        try patient.set("second")
        try await Task.sleep(for: .seconds(5))
        // FUSE: from the kernel's cache.
        #expect(patient.password == "hunter2-but-longer")
        patient.process.signal(SIGCONT)
        try await patient.expect("second")
    }

    @Test("SIGTERM ends it in each of these states", arguments: ["tmpfs", "fuse"])
    func ends(backend: String) async throws {
        guard backend == "tmpfs" || geteuid() == 0 else { return }
        for state in ["idle", "hang", "throttle=60", "slow=64", "stopped"] {
            let patient = try await Patient(backend: backend)
            if state == "stopped" {
                patient.process.signal(SIGSTOP)
            } else if state != "idle" {
                patient.laboratory.emulator.faults = [try Fault(parsing: state)]
                try await Task.sleep(for: .milliseconds(500))
            }
            patient.process.signal(SIGTERM)
            patient.process.signal(SIGCONT)
            #expect(
                try await patient.process.wait(limit: .seconds(5)) == 0, "\(state): \(patient.process.errors)"
            )
            let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
            #expect(!mounts.contains(patient.laboratory.root))
            if backend == "tmpfs" { #expect(patient.password == "hunter2-but-longer") }
        }
    }
}
