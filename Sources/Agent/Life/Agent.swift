import CLinux
import Fetcher
import Glibc
package import Plan
import SecretFS
import SecretMemory
package import Telemetry

/// An agent: what runs as init container, as sidecar, and behind `keeper-injector run`.
///
///     let end = Agent(settings).run(.refreshing)
package struct Agent: Sendable {
    /// What an agent does with its life.
    package enum Mode: Sendable {
        /// Publishes once and ends: the init container, `run --once`.
        case once
        /// Publishes and goes on until SIGTERM: the sidecar, `run`.
        case refreshing
    }

    private let settings: AgentSettings
    private let log: Log

    package init(_ settings: AgentSettings) {
        self.settings = settings
        log = settings.log
    }

    /// Does all of it and says how the process is to end. Errors are logged, not thrown.
    package func run(_ mode: Mode) -> CommandStatus {
        // Before the first thread: what each of thousands of pods costs is mostly this heap.
        klinux_keep_heap_small()
        let notAvailable = settings.plan.notAvailable
        guard notAvailable.isEmpty else { return fail(.notAvailable(notAvailable)) }
        hardenProcess()
        let publisher = makePublisher()
        var opens: (@Sendable () -> Int)?
        if let fuse = publisher as? FusePublisher { opens = { fuse.openCount } }
        let status = Status(
            version: settings.version, maxStaleness: settings.plan.maxStaleness, opens: opens)
        let cancellation = Cancellation()
        let settings = settings
        let supervisor = Supervisor(
            status: status, log: log, healthSocket: settings.healthSocket, healthPort: settings.healthPort,
            timeLimit: mode == .once ? settings.plan.initTimeout : nil)
        do throws(AgentError) {
            let end = try supervisor.run(cancellation: cancellation) {
                let refresher = Refresher(
                    settings: settings, publisher: publisher, status: status, cancellation: cancellation)
                let notifier = Notifier(
                    settings.plan.notification, isInPod: settings.isInPod, cancellation: cancellation,
                    log: settings.log)
                let job = Job(
                    plan: settings.plan, refresher: refresher, publisher: publisher, notifier: notifier,
                    status: status, log: settings.log, cancellation: cancellation)
                defer { publisher.finish() }
                guard mode == .refreshing else { return job.once() }
                var loop = RefreshLoop(job)
                return loop.run()
            }
            switch end {
            case .finished(let status): return status
            case .stopped(let result):
                publisher.detach()
                return leave(mode == .refreshing ? .ok : cutShort(.interrupted, result), result)
            case .timedOut(let result):
                publisher.detach()
                return leave(cutShort(.timedOut(settings.plan.initTimeout), result), result)
            }
        } catch {
            return fail(error)
        }
    }

    private func makePublisher() -> any Publisher {
        switch settings.target {
        case .tmpfs(let directories):
            return TmpfsPublisher(directories: directories, ownership: settings.ownership)
        case .fuse(let layout, let mount):
            let fuse = settings.plan.fuse
            var options = FuseOptions(audit: fuse.audit, directIO: fuse.directIO)
            if let limit = fuse.memoryLimit { options.memoryLimit = limit }
            let log = log
            return FusePublisher(
                layout: layout, mount: mount, ownership: settings.ownership, options: options
            ) {
                log.event($0)
            }
        }
    }

    private func fail(_ error: AgentError) -> CommandStatus {
        log.failure(error)
        return error.exitCode
    }

    /// How a job that was to publish once ends when it was cut short. A start that ended well without
    /// secrets would let the app start without them, so only `fail-on-error: false` allows that.
    private func cutShort(_ error: AgentError, _ result: CommandStatus?) -> CommandStatus {
        if result == .ok { return .ok }
        guard case .timedOut = error, !settings.plan.failOnError else { return fail(error) }
        log.failure(error, "starting without secrets, since fail-on-error is false")
        return .ok
    }

    /// With the worker still at work, the process ends here: what runs at exit(3) would take libraries
    /// away from under it.
    private func leave(_ status: CommandStatus, _ result: CommandStatus?) -> CommandStatus {
        if result == nil { _exit(status.rawValue) }
        return status
    }

    private func hardenProcess() {
        do throws(SystemError) {
            try ProcessHardening.forbidCoreDumps()
        } catch {
            log.warn("core dumps cannot be forbidden", ["reason": "\(error)"])
        }
    }
}

extension Log {
    /// Logs an error with what to do next.
    package func failure(_ error: some ExplainedError, _ summary: String? = nil) {
        switch (summary, error.hint) {
        case (nil, nil): self.error(error.message)
        case (nil, let hint?): self.error(error.message, ["hint": .string(hint)])
        case (let summary?, nil): self.error(summary, ["reason": .string(error.message)])
        case (let summary?, let hint?):
            self.error(summary, ["reason": .string(error.message), "hint": .string(hint)])
        }
    }
}
