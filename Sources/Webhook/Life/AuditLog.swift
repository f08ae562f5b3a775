import Admission
import Glibc
import JSONText
import NIOPosix
import Synchronization
import Telemetry

/// One line of JSON per decision, written by a thread of its own: a slow reader of our stderr delays no
/// admission. What does not fit into the buffer is counted, and the log says how much was lost.
final class AuditLog: Sendable {
    private struct State: Sendable {
        var lines: [UInt8] = []
        var writing = false
        var lost = 0
        var lostSinceTold = 0
        var second: time_t = 0
        /// `2026-11-24T03:49:45` of `second`.
        var date = ""
    }

    /// Lines wait for some 30,000 decisions.
    private static let limit = 16 << 20
    private let state = Mutex(State())
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let descriptor: Int32

    init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
        thread.start()
    }

    var lost: Int { state.withLock { $0.lost } }

    func record(_ entry: AuditEntry) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let wakes = state.withLock { state in
            guard state.lines.count < AuditLog.limit else {
                state.lost += 1
                state.lostSinceTold += 1
                return false
            }
            AuditLog.append(entry, at: now, to: &state)
            defer { state.writing = true }
            return !state.writing
        }
        if wakes { thread.submit { _ in self.drain() } }
    }

    /// Waits until all is written, but not for a reader that does not read.
    func flush(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while state.withLock({ $0.writing }), .now < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func append(_ entry: AuditEntry, at now: timespec, to state: inout State) {
        if state.second != now.tv_sec || state.date.isEmpty {
            state.second = now.tv_sec
            state.date = String(Timestamp.text(now).prefix(19))
        }
        var line = JSONWriter(capacity: 512)
        line.raw(#"{"level":"info","ts":"#)
        let milliseconds = now.tv_nsec / 1_000_000
        line.string(
            "\(state.date).\(milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : "")\(milliseconds)Z")
        line.raw(#","msg":"admission","#)
        entry.appendMembers(to: &line)
        line.raw("}\n")
        state.lines.append(contentsOf: line.bytes)
    }

    private func drain() {
        while true {
            let lines: [UInt8]? = state.withLock { state in
                guard !state.lines.isEmpty || state.lostSinceTold > 0 else {
                    state.writing = false
                    return nil
                }
                if state.lostSinceTold > 0 {
                    let line =
                        #"{"level":"error","ts":""# + Timestamp.now()
                        + #"","msg":"audit lines lost","count":\#(state.lostSinceTold)}"# + "\n"
                    state.lines.append(contentsOf: line.utf8)
                    state.lostSinceTold = 0
                }
                defer { state.lines = [] }
                return state.lines
            }
            guard let lines else { return }
            write(lines)
            // Lines gather meanwhile: to wake this thread for each would cost more than to write it.
            usleep(2000)
        }
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
                continue
            }
            guard count > 0 else { return }  // a closed stderr is nobody's error
            rest = rest.dropFirst(count)
        }
    }
}
