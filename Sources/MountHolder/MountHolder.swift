import CLinux
import Glibc
package import Telemetry

/// Mounts, keeps the mount over any number of servers, refuses requests when none serves, and takes the
/// mount away at the end (contract, section 5). One thread, which never waits for a server.
package struct MountHolder: ~Copyable {
    private let options: HolderOptions
    private let log: Log
    private let signals: Int32
    private let mount: Mount
    private let listener: Listener
    private let refusal = Refusal()

    /// The server that is connected; -1 for none.
    private var connection: Int32 = -1
    private var journal: Journal?
    private var state: Int32 = -1
    /// Whether the kernel's INIT has been taken and kept. Until then nothing may be refused: it would be
    /// INIT, and the end of the session.
    private var isInitialized = false

    /// Since when requests wait and nobody answers.
    private var waitingSince: Duration?
    private var progress: UInt64?
    private var isRefusing = false
    private var lastLook: Duration = .zero

    private static let moment: Int32 = 50

    package init(_ options: HolderOptions, log: Log) throws(HolderError) {
        self.options = options
        self.log = log
        // Before the mount, so that none is lost.
        let numbers = [SIGTERM, SIGINT, SIGHUP]
        signals = klinux_signal_descriptor(numbers, numbers.count)
        guard signals >= 0 else { throw .system("signalfd", path: "", errno) }
        signal(SIGPIPE, SIG_IGN)
        let listener = try Listener(runPath: options.runPath, agentUser: options.agentUser)
        mount = try Mount(secretsPath: options.secretsPath)
        self.listener = listener
        log.info("mounted", ["path": .string(mount.path)])
    }

    /// Holds until SIGTERM or SIGINT.
    package mutating func run() {
        while true {
            var entries = [
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: isRefusing && connection < 0 ? mount.reader : -1, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&entries, nfds_t(entries.count), tick)
            let number = klinux_next_signal(signals)
            if number == SIGTERM || number == SIGINT {
                mount.detach()
                unlink(listener.path)
                return log.info("unmounted", ["path": .string(mount.path)])
            }
            if count > 0 {
                if entries[2].revents != 0 { receive() }
                if entries[1].revents != 0 { welcome() }
            }
            watch()
        }
    }

    /// Milliseconds between looks at whether requests wait: a second at most, so that thousands of pods
    /// cost nothing.
    private var tick: Int32 {
        // A server that hangs may go on at any time: it gets a moment for each request.
        if isRefusing, connection >= 0 { return MountHolder.moment }
        let parts = options.grace.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        return Int32(min(1000, max(20, milliseconds / 4)))
    }

    // MARK: Servers

    private mutating func welcome() {
        switch listener.accept() {
        case nil: return
        case .stranger(let user):
            log.warn("a stranger tried to attach", ["uid": .integer(Int(user))])
        case .agent(let visitor):
            if connection >= 0 {
                // The newest is the one that kubelet started last.
                _ = klinux_send_descriptors(connection, "X1", 2, [], 0)
                close(connection)
            }
            connection = visitor
            handOver()
        }
    }

    private mutating func handOver() {
        let sent =
            if let journal, state >= 0 {
                klinux_send_descriptors(connection, "R1", 2, [mount.device, journal.file, state], 3)
            } else {
                klinux_send_descriptors(connection, "F1", 2, [mount.device], 1)
            }
        guard sent == 2 else { return lose() }
        log.info(state >= 0 ? "server resumes" : "server attached")
    }

    private mutating func receive() {
        var bytes = [UInt8](repeating: 0, count: 16)
        var descriptors = [Int32](repeating: -1, count: 2)
        var many = descriptors.count
        let count = klinux_receive_descriptors(connection, &bytes, bytes.count, &descriptors, &many)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count == 2, many == 2, bytes[1] == UInt8(ascii: "1"),
            bytes[0] == UInt8(ascii: "K") || bytes[0] == UInt8(ascii: "I")
        else {
            for descriptor in descriptors[..<max(0, many)] { close(descriptor) }
            return lose()
        }
        if let journal { close(journal.file) }
        if state >= 0 { close(state) }
        journal = Journal(file: descriptors[0])
        state = descriptors[1]
        guard bytes[0] == UInt8(ascii: "I") else { return }
        isInitialized = true
        // It is about to answer.
        waitingSince = nil
        if isRefusing { log.info("a server answers again") }
        isRefusing = false
    }

    private mutating func lose() {
        guard connection >= 0 else { return }
        close(connection)
        connection = -1
        // The next one gets the whole grace time, even where this one hung.
        waitingSince = nil
        isRefusing = false
        log.warn("the server is gone", ["grace": .string("\(options.grace)")])
    }

    // MARK: Waiting requests

    /// Begins to refuse requests once they have waited for longer than the grace time without any being
    /// answered, and stops when a server is at work again.
    private mutating func watch() {
        guard isInitialized else { return }
        let now = MountHolder.now
        if connection >= 0 {
            guard now - lastLook >= .milliseconds(Int(MountHolder.moment)) else { return }
            lastLook = now
        }
        let progress = journal?.progress
        let hasMoved = progress != self.progress
        self.progress = progress
        guard connection < 0 || (!hasMoved && requestsWait) else {
            waitingSince = nil
            guard isRefusing, hasMoved else { return }
            isRefusing = false
            return log.info("a server answers again")
        }
        let since = waitingSince ?? now
        waitingSince = since
        if isRefusing || now - since >= options.grace {
            if !isRefusing {
                log.warn(
                    "nobody answers, requests fail with EIO", ["server": connection < 0 ? "gone" : "hung"])
            }
            isRefusing = true
            refusal.refuseQueued(of: mount)
            if let journal { refusal.refuseTaken(journal, of: mount) }
        }
    }

    /// Whether the kernel has requests that nobody took, or a server some that it did not answer.
    private var requestsWait: Bool {
        if let journal, !journal.pending.isEmpty { return true }
        var entry = pollfd(fd: mount.device, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLIN) != 0
    }

    private static var now: Duration {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }
}
