package import KubeClient
import Synchronization
import Telemetry

/// What the controller counts: names in the style of the contract, section 10.
package final class ControllerMetrics: Sendable {
    struct State: Sendable {
        var terms = 0
        var lists = 0
        var conflicts = 0
        var fetches: [String: Int] = [:]
        var fetchTime = Histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
        var writes: [String: Int] = [:]
        var requests: [String: Int] = [:]
        var restarts: [String: Int] = [:]
        var events: [String: Int] = [:]
        var errors: [String: Int] = [:]
        var waiting = 0
        var pods = 0
        var secrets = 0
        var configurations = 0
    }

    /// Protects all of the state: every access is short and does no I/O.
    private let state = Mutex(State())

    package init() {}

    func count(_ counter: any WritableKeyPath<State, Int> & Sendable) {
        state.withLock { $0[keyPath: counter] += 1 }
    }

    func fetched(_ result: String, in duration: Duration) {
        let (seconds, attoseconds) = duration.components
        state.withLock {
            $0.fetches[result, default: 0] += 1
            $0.fetchTime.observe(Double(seconds) + Double(attoseconds) / 1e18)
        }
    }

    func wrote(_ result: String) { state.withLock { $0.writes[result, default: 0] += 1 } }
    func restarted(_ reason: String) { state.withLock { $0.restarts[reason, default: 0] += 1 } }
    func event(_ result: String) { state.withLock { $0.events[result, default: 0] += 1 } }
    func error(_ reason: String) { state.withLock { $0.errors[reason, default: 0] += 1 } }
    func queue(_ count: Int) { state.withLock { $0.waiting = count } }

    func sizes(pods: Int, secrets: Int, configurations: Int) {
        state.withLock {
            $0.pods = pods
            $0.secrets = secrets
            $0.configurations = configurations
        }
    }

    package func asked(_ exchange: KubeExchange) {
        let labels =
            #"verb="\#(exchange.verb.rawValue)",resource="\#(exchange.resource)",code="\#(exchange.code)""#
        state.withLock { $0.requests[labels, default: 0] += 1 }
    }

    /// Prometheus text format 0.0.4.
    package func text(version: String, isLeader: Bool) -> String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        text.single("keeper_controller_leader", "gauge", "1 while this process leads.", isLeader ? 1 : 0)
        text.single(
            "keeper_controller_terms_total", "counter", "Times that this process began to lead.",
            Double(state.terms))
        text.single(
            "keeper_controller_pods", "gauge", "Pods that ask for Kubernetes Secrets.", Double(state.pods))
        text.single(
            "keeper_controller_secrets", "gauge", "Kubernetes Secrets that pods ask for.",
            Double(state.secrets))
        text.single(
            "keeper_controller_configurations", "gauge", "KSM configurations of these pods.",
            Double(state.configurations))
        text.single(
            "keeper_controller_queue_depth", "gauge", "Secrets that wait to be written.",
            Double(state.waiting))
        text.counter(
            "keeper_controller_refresh_total", "Calls of Keeper by result.", label: "result", state.fetches)
        text.histogram(
            "keeper_controller_fetch_duration_seconds", "Time of one refresh at Keeper.", state.fetchTime)
        text.counter(
            "keeper_controller_secret_writes_total", "What became of Secrets.", label: "result", state.writes)
        text.single(
            "keeper_controller_conflicts_total", "counter", "Writes that somebody else's change preceded.",
            Double(state.conflicts))
        text.counter(
            "keeper_controller_api_requests_total", "Requests of the Kubernetes API; code 0: no answer.",
            labels: state.requests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        text.single(
            "keeper_controller_lists_total", "counter", "Lists of pods that were complete.",
            Double(state.lists))
        text.counter(
            "keeper_controller_watch_restarts_total", "Watches that began anew, by reason.", label: "reason",
            state.restarts)
        text.counter("keeper_controller_events_total", "Events by result.", label: "result", state.events)
        text.counter("keeper_controller_errors_total", "Errors by reason.", label: "reason", state.errors)
        text.single(
            #"keeper_controller_build_info{version="\#(version)"}"#, "gauge", "The version that runs.", 1)
        return text.text
    }
}
