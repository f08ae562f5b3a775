import CLinux
package import Fetcher
import Glibc
package import Plan
package import Telemetry

/// The main thread's life: signals, health, and waiting for the worker to end.
package struct Supervisor: Sendable {
    /// After SIGTERM the worker has this long to finish or drop what it does; then the process goes
    /// anyway. A generation cut short is cleaned up by the next start.
    private static let patience: Duration = .milliseconds(1500)

    package enum End: Sendable {
        /// The job ended by itself.
        case finished(CommandStatus)
        /// SIGTERM or SIGINT came. What the job made of it, `nil` when it is still at work.
        case stopped(CommandStatus?)
        /// The time limit passed; likewise.
        case timedOut(CommandStatus?)
    }

    private enum Cause {
        case stopped, timedOut

        func end(_ result: CommandStatus?) -> End {
            switch self {
            case .stopped: .stopped(result)
            case .timedOut: .timedOut(result)
            }
        }
    }

    private let status: Status
    private let log: Log
    private let healthSocket: String?
    private let healthPort: UInt16?
    private let timeLimit: Duration?

    /// - Parameter timeLimit: the job is cancelled when it takes longer; `nil` for no limit.
    package init(
        status: Status, log: Log, healthSocket: String? = nil, healthPort: UInt16? = nil,
        timeLimit: Duration? = nil
    ) {
        self.status = status
        self.log = log
        self.healthSocket = healthSocket
        self.healthPort = healthPort
        self.timeLimit = timeLimit
    }

    /// Runs `job` on a thread of its own; SIGTERM and SIGINT cancel it.
    package func run(
        cancellation: Cancellation, job: @escaping @Sendable () -> CommandStatus
    ) throws(AgentError) -> End {
        // Blocked before the worker starts, which inherits the mask.
        let signals = [SIGTERM, SIGINT, SIGHUP]
        let signalDescriptor = klinux_signal_descriptor(signals, signals.count)
        guard signalDescriptor >= 0 else { throw .system("signalfd", errno) }
        defer { close(signalDescriptor) }
        // A reader that went away is seen by its errno.
        signal(SIGPIPE, SIG_IGN)

        var health = HealthEndpoint(status: status)
        do throws(HealthError) {
            if let healthSocket { try health.listen(unixSocket: healthSocket) }
            if let healthPort { try health.listen(port: healthPort) }
        } catch {
            throw .health(error)
        }
        guard let worker = Worker(job) else { throw .system("pthread_create", errno) }

        var limit = timeLimit.map { ContinuousClock.now + $0 }
        var end: Cause?
        while true {
            var entries = [
                pollfd(fd: signalDescriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: worker.finished, events: Int16(POLLIN), revents: 0),
            ]
            entries += health.interests
            let count = poll(&entries, nfds_t(entries.count), timeout(health: health, limit: limit))
            if count < 0, errno != EINTR { throw .system("poll", errno) }
            if let result = worker.result { return end?.end(result) ?? .finished(result) }

            let number = klinux_next_signal(signalDescriptor)
            if number == SIGTERM || number == SIGINT, end == nil {
                log.info("stopping", ["signal": number == SIGTERM ? "SIGTERM" : "SIGINT"])
                end = .stopped
                limit = .now + Supervisor.patience
                cancellation.cancel()
            } else if let passed = limit, passed <= .now {
                if let end { return end.end(nil) }
                end = .timedOut
                limit = .now + Supervisor.patience
                cancellation.cancel()
            }
            health.handle(entries.dropFirst(2))
        }
    }

    /// Milliseconds: for ever when there is nothing to watch the clock for.
    private func timeout(
        health: borrowing HealthEndpoint, limit: ContinuousClock.Instant?
    ) -> Int32 {
        let idle: Int32 = health.hasConnections ? 500 : -1
        guard let limit else { return idle }
        let rest = max(0, ContinuousClock.now.duration(to: limit).inSeconds * 1000).rounded(.up)
        let milliseconds = Int32(min(rest, 1e9))
        return idle < 0 ? milliseconds : min(idle, milliseconds)
    }
}
