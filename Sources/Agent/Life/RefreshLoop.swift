import CLinux
import Plan
import SecretFS
import Telemetry

/// The sidecar's months: refresh when it is time, tell the app, look after files that grow too old, and
/// sleep. Nothing but SIGTERM ends it once secrets are published.
struct RefreshLoop {
    private let job: Job
    /// When to refresh next.
    private var next: ContinuousClock.Instant = .now
    /// Whether the app may run already, and has to hear of a change.
    private var appRuns: Bool
    /// Whether readers see a generation. Remembered, since without a free descriptor there is no looking.
    private var hasPublished = false
    /// The last good answer is older than max-staleness.
    private var isStale = false
    /// Stale files could not be removed; when to try again.
    private var nextRemoval: ContinuousClock.Instant?
    /// Keeper refused the client: another configuration is taken at once.
    private var watchesConfiguration = false

    /// Without anything published, the next attempt is not put off longer than this.
    private static let firstPublishRetry: Duration = .seconds(30)
    /// How often a refused client's configuration is looked at: kubelet takes a minute to bring a new one.
    private static let configurationWatch: Duration = .seconds(2)

    private var plan: Plan { job.plan }
    private var log: Log { job.log }

    init(_ job: Job) {
        self.job = job
        // With fail-on-error the app waits for the first publish.
        appRuns = !job.plan.failOnError
    }

    /// - Returns: how the process is to end.
    mutating func run() -> CommandStatus {
        adopt()
        if !plan.failOnError {
            do throws(PublishError) { try job.refresher.prepareEnvironment() } catch { log.failure(error) }
        }
        while !job.cancellation.isCancelled {
            if next <= .now {
                if let end = refresh() { return end }
                // Until the next refresh nothing of this one is needed.
                klinux_trim_heap()
            }
            watchAge()
            job.notifier.run()
            sleep()
        }
        return .ok
    }

    /// What an earlier process left is current: the next call is due one interval after its last.
    private mutating func adopt() {
        if job.refresher.hasPredecessor { appRuns = true }
        hasPublished = job.publisher.hasPublished
        guard hasPublished else { return }
        appRuns = true
        switch job.refresher.adopt() {
        case .unknown: job.status.adopted(secrets: 0, age: nil)
        case .removed: isStale = true
        case .current(let files, let age):
            job.status.adopted(secrets: files, age: age)
            let rest = max(.zero, job.refresher.pause(plan.refreshInterval) - age)
            next = .now + rest
            log.info(
                "secrets are published already",
                ["age": .string(seconds(age)), "next_refresh": .string(seconds(rest))])
        }
    }

    /// - Returns: how the process is to end, if it is.
    private mutating func refresh() -> CommandStatus? {
        watchesConfiguration = false
        do throws(AgentError) {
            // An interval of milliseconds, as on a laptop, is no time for a request.
            let publication = try job.refresher.refresh(
                deadline: .now + max(plan.refreshInterval, plan.initTimeout))
            if publication.changedFiles, appRuns { job.notifier.changed() }
            appRuns = true
            hasPublished = true
            if isStale { log.info("keeper is back, the secrets are current again") }
            isStale = false
        } catch {
            if case .interrupted = error { return .ok }
            if !appRuns, !hasPublished {
                log.failure(error)
                return error.exitCode
            }
            if case .keeper(let cause) = error, cause.isAboutConfiguration { watchesConfiguration = true }
            report(error)
        }
        let interval =
            hasPublished
            ? plan.refreshInterval : min(plan.refreshInterval, Self.firstPublishRetry)
        next = .now + job.refresher.pause(interval)
        return nil
    }

    private func report(_ error: AgentError) {
        guard hasPublished else {
            log.failure(error, "no secrets yet, trying again")
            return
        }
        log.warn(
            "refresh failed, the published secrets stay",
            [
                "reason": .string(error.message), "hint": .string(error.hint ?? ""),
                "age": .string(job.status.age.map(seconds) ?? "unknown"),
            ])
    }

    // MARK: Age

    /// When the files will be older than max-staleness.
    private var staleness: ContinuousClock.Instant? {
        guard !isStale, hasPublished, let age = job.status.age else { return nil }
        let limit = ContinuousClock.now + (plan.maxStaleness - age)
        return nextRemoval.map { max($0, limit) } ?? limit
    }

    private mutating func watchAge() {
        guard let limit = staleness, limit <= .now else { return }
        isStale = true
        nextRemoval = nil
        log.warn(
            "the secrets are older than max-staleness",
            [
                "age": .string(job.status.age.map(seconds) ?? "unknown"),
                "on_stale": .string(plan.onStale.rawValue),
            ])
        guard plan.onStale == .remove else { return }
        do throws(AgentError) {
            if try job.refresher.remove().changedFiles { job.notifier.changed() }
            log.warn("the stale secrets were removed")
        } catch {
            log.failure(error, "the stale secrets cannot be removed, trying again")
            isStale = false
            nextRemoval = .now + Self.firstPublishRetry
        }
    }

    // MARK: Sleep

    /// Until something is due; old generations are wiped meanwhile.
    private mutating func sleep() {
        while !job.cancellation.isCancelled {
            let start = ContinuousClock.now
            let events: [ContinuousClock.Instant?] = [
                next, staleness, job.notifier.due, job.publisher.nextSweep.map { start + $0 },
                watchesConfiguration ? start + Self.configurationWatch : nil,
            ]
            let first = events.compactMap(\.self).min() ?? next
            _ = job.cancellation.wait(for: max(.zero, start.duration(to: first)))
            job.publisher.sweep()
            if watchesConfiguration, job.refresher.configurationHasChanged { next = .now }
            let now = ContinuousClock.now
            if [next, staleness, job.notifier.due].contains(where: { $0.map { $0 <= now } ?? false }) {
                return
            }
        }
    }

    private func seconds(_ duration: Duration) -> String { "\(Int(duration.inSeconds))s" }
}
