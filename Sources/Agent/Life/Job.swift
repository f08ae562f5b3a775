import Fetcher
import Plan
import SecretFS
import Telemetry

/// What the worker thread has to do, and with what.
struct Job {
    let plan: Plan
    let refresher: Refresher
    let publisher: any Publisher
    let notifier: Notifier
    let status: Status
    let log: Log
    let cancellation: Cancellation

    /// Publishes once: the init container, `run --once`.
    func once() -> CommandStatus {
        do throws(AgentError) {
            try refresher.refresh(deadline: .now + plan.initTimeout)
            return .ok
        } catch {
            if case .interrupted = error { return .failed }
            guard plan.failOnError else {
                log.failure(error, "starting without secrets, since fail-on-error is false")
                makeDirectories()
                return .ok
            }
            log.failure(error)
            return error.exitCode
        }
    }

    /// What the app mounts must be there with the right owner, though nothing is in it yet: kubelet would
    /// make it as root's.
    private func makeDirectories() {
        do throws(PublishError) {
            try publisher.prepare()
            try refresher.prepareEnvironment()
        } catch {
            log.failure(error)
        }
    }
}
