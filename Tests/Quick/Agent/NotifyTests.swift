import Fetcher
import Foundation
import Plan
// Foundation has one too.
import struct Plan.Notification
import Telemetry
import TestSupport
import Testing

@testable import Agent

/// Which processes get the signal, told from what `/proc` shows; the real thing is in `podman_signal.py`.
@Suite("Notify: finding and signalling the app")
struct NotifyTests {
    // MARK: /proc/PID/mountinfo

    @Test("a line of mountinfo gives device, root and mount point")
    func mountLine() throws {
        let entry = try #require(
            MountEntry(
                line:
                    "36 35 98:0 /signal/app /keeper/signal ro,noatime master:1 shared:2 - tmpfs tmpfs rw,size=4k"
            ))
        #expect(entry.device == "98:0")
        #expect(entry.root == "/signal/app")
        #expect(entry.point == "/keeper/signal")
    }

    @Test(
        "a path in mountinfo is what it was before the kernel escaped it",
        arguments: [
            (#"/with\040space"#, "/with space"), (#"/tab\011line\012"#, "/tab\tline\n"),
            (#"/back\134slash\134040"#, #"/back\slash\040"#), (#"/\303\251t\303\251"#, "/été"),
            // No escape: too short, too large, not octal.
            (#"/end\04"#, #"/end\04"#), (#"/\777"#, #"/\777"#), (#"/\0x8"#, #"/\0x8"#), (#"/\"#, #"/\"#),
            // Such characters join with the one before them, a separator as well.
            ("/\u{301}x", "/\u{301}x"), ("\u{301}/x", "\u{301}/x"),
        ])
    func escapes(written: String, path: String) throws {
        let entry = try #require(MountEntry(line: "1 2 0:3 \(written) /keeper/signal rw - tmpfs t rw"))
        #expect(Array(entry.root.utf8) == Array(path.utf8))
        #expect(entry.point == "/keeper/signal")
    }

    @Test(
        "a truncated line of mountinfo is passed over, and the others count",
        arguments: ["", " ", "36", "36 35 98:0", "36 35 98:0 /", "\u{0}", "(deleted)"])
    func truncated(line: String) {
        let good = "7 1 0:9 / /keeper/run rw - tmpfs tmpfs rw"
        let table = MountTable(parsing: "\(line)\n\(good)\n\(line)")
        #expect(table.entries.count == 1)
        #expect(table.mount(at: "/keeper/run")?.device == "0:9")
    }

    @Test("a carriage return at the end of a line does not swallow the next")
    func carriageReturn() {
        let table = MountTable(
            parsing:
                "1 0 0:1 / / rw - overlay o rw,workdir=/x\r\n2 1 0:2 /signal/app /keeper/signal ro - tmpfs t rw\n"
        )
        #expect(table.entries.map(\.point) == ["/", "/keeper/signal"])
    }

    @Test("of two mounts at one path the later is what lies there")
    func stacked() {
        let table = MountTable(
            parsing: "1 0 0:1 / / rw - a a rw\n2 1 0:2 /a /m rw - b b rw\n3 1 0:3 /b /m rw - c c rw")
        #expect(table.mount(at: "/m")?.root == "/b")
        #expect(table.mount(at: "/n") == nil)
        #expect(MountTable(parsing: "").container == nil)
    }

    // MARK: /proc/PID/stat

    private static func stat(_ pid: Int32, name: String = "app", started: String = "4711") -> String {
        "\(pid) (\(name)) S 1 \(pid) \(pid) 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 \(started) 2 3 4\n"
    }

    @Test(
        "a process may be called anything",
        arguments: [
            "app", "", " ", "a b", "a) S 1 2", ") R 1 1 1 0 -1 0 1 0", "((", "))", "a\nb", "1 (x)",
            // Joins with the parenthesis after it.
            "x\u{600}", "x\u{301}", "\u{FFFD}", "🔑",
        ])
    func names(name: String) {
        #expect(ProcessEntry(pid: 42, stat: Self.stat(42, name: name))?.started == 4711)
    }

    @Test(
        "what is no whole line of stat is no process",
        arguments: [
            "", "\n", "42", "42 (app", "42 (app)", "42 (app) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0",
            NotifyTests.stat(42, started: "-1"), NotifyTests.stat(42, started: "4711x"),
            NotifyTests.stat(42, started: "99999999999999999999"),
        ])
    func noProcess(text: String) {
        #expect(ProcessEntry(pid: 42, stat: text) == nil)
    }

    @Test("the real /proc shows this process, its mounts, and nothing for what is none")
    func realTable() throws {
        let table = ProcessTable()
        let own = try #require(table.process(getpid()))
        #expect(own.started > 0)
        #expect(table.processes.contains(own))
        #expect(table.mounts(of: "self")?.mount(at: "/") != nil)
        #expect(table.process(0) == nil)
        #expect(table.mounts(of: "\(Int32.max)") == nil)
        #expect(ProcessTable(path: "/nowhere").processes.isEmpty)
    }

    // MARK: Which is the main process

    /// Something that looks like `/proc`.
    private final class Proc {
        let directory: TemporaryDirectory
        static let root = "1 0 0:50 / / rw - overlay overlay rw\n"
        /// The volume, on a disk that others use too: only below this directory it is ours.
        static let volume = "/var/lib/kubelet/pods/u/volumes/keeper-run"

        init(ours: String = "9 1 8:1 \(Proc.volume) /keeper/run rw - ext4 d rw\n") throws {
            directory = try TemporaryDirectory()
            try write("self", "mountinfo", Self.root + ours)
            // What else lies in /proc.
            try write("sys", "stat", "")
            try write("-1", "stat", NotifyTests.stat(1))
        }

        func write(_ process: String, _ file: String, _ text: String) throws {
            try FileManager.default.createDirectory(
                atPath: directory.file(process), withIntermediateDirectories: true)
            try text.write(toFile: directory.file("\(process)/\(file)"), atomically: true, encoding: .utf8)
        }

        /// A process of a container: `mark` is its mount at `/keeper/signal`.
        func add(
            _ pid: Int32, started: Int, root: String = Proc.root, device: String = "8:1",
            mark: String? = "\(Proc.volume)/signal/app", at point: String = "/keeper/signal"
        ) throws {
            try write("\(pid)", "stat", NotifyTests.stat(pid, started: "\(started)"))
            try write(
                "\(pid)", "mountinfo",
                root + (mark.map { "5 1 \(device) \($0) \(point) ro - ext4 d rw\n" } ?? ""))
        }

        var processes: AppProcesses { AppProcesses(table: ProcessTable(path: directory.path)) }
        /// `app:12`
        var found: [String] { processes.find().map { "\($0.container):\($0.process.pid)" } }
    }

    @Test("the oldest process of a marked container is its main process, whatever its pid")
    func oldest() throws {
        let proc = try Proc()
        try proc.add(300, started: 10)
        try proc.add(20, started: 11)  // pids have started anew
        try proc.add(301, started: 10)  // in the same tick
        try proc.add(2, started: 1, mark: nil)
        #expect(proc.found == ["app:300"])
    }

    @Test("a process with a mount namespace of its own is still of its container")
    func ownNamespace() throws {
        let proc = try Proc()
        try proc.add(10, started: 10)
        // The same root; all mounts have new numbers.
        try proc.add(11, started: 11, root: "77 76 0:50 / / rw - overlay overlay rw\n")
        #expect(proc.found == ["app:10"])
    }

    @Test("a container that ends and its successor are two, and several names come in order")
    func several() throws {
        let proc = try Proc()
        try proc.add(10, started: 10)
        try proc.add(20, started: 20, root: "1 0 0:51 / / rw - overlay overlay rw\n")
        try proc.add(
            5, started: 5, root: "1 0 0:52 / / rw - overlay overlay rw\n",
            mark: "\(Proc.volume)/signal/web")
        // On a plain file system the roots lie on one device.
        try proc.add(
            6, started: 6, root: "1 0 0:52 /other / rw - overlay overlay rw\n",
            mark: "\(Proc.volume)/signal/cache")
        #expect(proc.found == ["app:10", "app:20", "cache:6", "web:5"])
    }

    @Test("the mark counts at its own place alone: the node's processes see it where kubelet keeps it")
    func elsewhere() throws {
        let proc = try Proc()
        try proc.add(1, started: 1, at: "/var/lib/kubelet/pods/u/volume-subpaths/keeper-run/app/3")
        try proc.add(2, started: 2, at: "/keeper/signals")
        try proc.add(3, started: 3, mark: Proc.volume, at: "/keeper/run")
        #expect(proc.found == [])
    }

    @Test("another volume's directory, another pod's mark and another file system are no mark")
    func foreign() throws {
        let proc = try Proc()
        try proc.add(1, started: 1, device: "8:2")
        try proc.add(2, started: 2, mark: "/signal/app")
        try proc.add(3, started: 3, mark: "/var/lib/kubelet/pods/other/volumes/keeper-run/signal/app")
        try proc.add(4, started: 4, mark: "\(Proc.volume)/signals/app")
        try proc.add(5, started: 5, mark: Proc.volume)
        try proc.add(6, started: 6, mark: "\(Proc.volume)/signal")
        // Something of the user's lies over the mark.
        try proc.add(7, started: 7)
        try proc.write(
            "7", "mountinfo",
            Proc.root + "5 1 8:1 \(Proc.volume)/signal/app /keeper/signal ro - ext4 d rw\n"
                + "6 1 0:99 / /keeper/signal rw - tmpfs t rw\n")
        #expect(proc.found == [])
    }

    @Test("a volume in memory is a file system of its own, with its root for a root")
    func memory() throws {
        let proc = try Proc(ours: "9 1 0:77 / /keeper/run rw - tmpfs tmpfs rw\n")
        try proc.add(1, started: 1, device: "0:77", mark: "/signal/app")
        try proc.add(2, started: 2, device: "0:78", mark: "/signal/other")
        #expect(proc.found == ["app:1"])
    }

    @Test("what is half gone, a zombie as well, is no main process; nor are we")
    func halfGone() throws {
        let proc = try Proc()
        try proc.write("1", "stat", Self.stat(1))
        try proc.write("2", "stat", "")
        try proc.write("3", "stat", Self.stat(3))
        // So reads a zombie's.
        try proc.write("3", "mountinfo", "")
        try proc.add(getpid(), started: 1)
        #expect(proc.found == [])
        // Without the volume there is nothing to compare with.
        try proc.add(9, started: 9)
        #expect(proc.found == ["app:9"])
        try proc.write("self", "mountinfo", Proc.root)
        #expect(proc.found == [])
    }

    // MARK: The signal itself

    /// A live process that the false `/proc` calls the app.
    private func child(_ proc: Proc, _ script: String) throws -> BackgroundProcess {
        let child = try BackgroundProcess("/bin/sh", ["-c", script])
        try proc.add(child.pid, started: 1)
        return child
    }

    private func signal(_ name: String, _ proc: Proc) throws -> AppSignal {
        var signal = try #require(AppSignal(name: name))
        signal.processes = proc.processes
        return signal
    }

    @Test(
        "each signal of the contract is the one that arrives",
        arguments: ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGQUIT", "SIGWINCH"])
    func arrives(name: String) async throws {
        let proc = try Proc()
        let short = name.dropFirst(3)
        let child = try child(
            proc, "trap 'echo got; exit 3' \(short); echo ready; while :; do sleep 0.05; done")
        #expect(try await eventually { child.output.contains("ready") })
        let outcome = try signal(name, proc).send()
        #expect(outcome.told == ["app"])
        #expect(outcome.failures.isEmpty)
        #expect(try await child.wait() == 3)
        #expect(child.output == "ready\ngot\n")
    }

    @Test(
        "a name that is none of the contract's is no signal",
        arguments: ["", "HUP", "sighup", "SIGKILL", "1"])
    func unknown(name: String) {
        #expect(AppSignal(name: name) == nil)
    }

    @Test("a process that has ended is neither told nor a failure")
    func ended() async throws {
        let proc = try Proc()
        let child = try child(proc, "exit 0")
        #expect(try await child.wait() == 0)
        let outcome = try signal("SIGTERM", proc).send()
        #expect(outcome.told.isEmpty && outcome.failures.isEmpty)
    }

    @Test("what may not be signalled is a failure that says whose it is, why, and the way out")
    func failure() {
        let refused = AppSignal.Failure(container: "a\nb", pid: 7, code: EPERM)
        #expect(refused.message.contains(#""a\nb""#), "\(refused.message)")
        #expect(refused.message.contains("Operation not permitted") && refused.message.contains("7"))
        #expect(refused.hint?.contains("run-as-user") == true)
        #expect(refused.hint?.contains("uid \(geteuid())") == true)
        #expect(AppSignal.Failure(container: "app", pid: 7, code: EINVAL).hint == nil)
    }

    // MARK: When the app is told

    private func notifier(_ wanted: Notification, isInPod: Bool, _ log: Log) -> Notifier {
        Notifier(wanted, isInPod: isInPod, cancellation: Cancellation(), log: log)
    }

    /// A log, and a way to read it.
    private func logged(_ body: (Log) throws -> Void) throws -> String {
        let directory = try TemporaryDirectory()
        let path = directory.file("log")
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try body(Log(level: .info, format: .json, descriptor: file.fileDescriptor))
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test("the first change is told at once, those after it together and not within a second")
    func together() throws {
        let log = try logged { log in
            let notifier = notifier(Notification(signal: "SIGHUP"), isInPod: true, log)
            #expect(notifier.due == nil)
            notifier.run()
            let start = ContinuousClock.now
            notifier.changed()
            notifier.run()
            #expect(notifier.due == nil)
            notifier.changed()
            let due = try #require(notifier.due)
            #expect(due >= start + .seconds(1))
            notifier.changed()
            notifier.changed()
            #expect(notifier.due == due)
            // Nothing is forgotten when it is not time yet.
            if due > .now { notifier.run() }
            #expect(notifier.due == due || due <= .now)
        }
        // No volume keeper-run here.
        #expect(log.split(separator: "\n").count == 1)
        #expect(log.contains("no process to signal is there"))
    }

    @Test("without a wish nothing is due; outside a pod a signal is not sent, and that is said")
    func outside() throws {
        let silent = try logged { log in
            let notifier = notifier(Notification(), isInPod: true, log)
            notifier.changed()
            #expect(notifier.due == nil)
        }
        #expect(silent.isEmpty)
        let said = try logged { log in
            let notifier = notifier(Notification(signal: "SIGHUP"), isInPod: false, log)
            notifier.changed()
            #expect(notifier.due == nil)
        }
        #expect(said.contains("signals are sent in pods alone"))
    }

    @Test("a container named in signal-containers that has no process is named in the log")
    func missing() throws {
        let log = try logged { log in
            let notifier = notifier(
                Notification(signal: "SIGHUP", containers: ["web", "app"]), isInPod: true, log)
            notifier.changed()
            notifier.run()
        }
        #expect(log.contains(#""containers":["web","app"]"#), "\(log)")
    }
}
