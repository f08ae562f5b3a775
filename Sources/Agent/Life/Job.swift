import CLinux
import Fetcher
import Plan
import SecretFS
import SecretMemory
import Telemetry

/// What the worker thread does: refresh once, or for ever.
struct Job {
    let plan: Plan
    let refresher: Refresher
    let publisher: any Publisher
    let status: Status
    let log: Log
    let cancellation: Cancellation

    /// Without anything published, the next attempt is not put off longer than this.
    private static let firstPublishRetry: Duration = .seconds(30)

    func once() -> CommandStatus {
        do throws(AgentError) {
            try refresher.refresh(deadline: .now + plan.initTimeout)
            return .ok
        } catch {
            if case .interrupted = error { return .failed }
            guard plan.failOnError else {
                log.failure(error, "starting without secrets, since fail-on-error is false")
                return .ok
            }
            log.failure(error)
            return error.exitCode
        }
    }

    func refreshing() -> CommandStatus {
        // What init left is current: the next call is due one interval later.
        var due = true
        if publisher.hasPublished {
            status.adoptPublished()
            due = false
            log.info("secrets are published already", ["next_refresh": "\(plan.refreshInterval)"])
        }
        while !cancellation.isCancelled {
            if due {
                do throws(AgentError) {
                    // An interval of milliseconds, as on a laptop, is no time for a request.
                    try refresher.refresh(deadline: .now + max(plan.refreshInterval, plan.initTimeout))
                } catch {
                    if case .interrupted = error { break }
                    if plan.failOnError, !publisher.hasPublished {
                        log.failure(error)
                        return error.exitCode
                    }
                    report(error)
                }
            }
            due = true
            // Until the next refresh nothing of this one is needed.
            klinux_trim_heap()
            wait(pause)
        }
        return .ok
    }

    /// The interval ± 10 %, so that pods started together drift apart.
    private var pause: Duration {
        let interval =
            publisher.hasPublished
            ? plan.refreshInterval : min(plan.refreshInterval, Job.firstPublishRetry)
        return interval * Double.random(in: 0.9...1.1)
    }

    /// Waits on the monotonic clock; old generations are wiped meanwhile.
    private func wait(_ duration: Duration) {
        let end = ContinuousClock.now + duration
        while !cancellation.isCancelled {
            let rest = ContinuousClock.now.duration(to: end)
            guard rest > .zero else { return }
            _ = cancellation.wait(for: publisher.nextSweep.map { min($0, rest) } ?? rest)
            publisher.sweep()
        }
    }

    private func report(_ error: AgentError) {
        guard publisher.hasPublished else {
            log.failure(error, "no secrets yet, trying again")
            return
        }
        let age = status.age.map { "\(Int($0.inSeconds))s" } ?? "unknown"
        log.warn(
            "refresh failed, the published secrets stay",
            ["reason": .string(error.message), "hint": .string(error.hint ?? ""), "age": .string(age)])
    }
}
