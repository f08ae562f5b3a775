import Admission
import NIOCore
import Synchronization
import Telemetry

/// What the webhook counts: names as in the contract, section 10.
final class WebhookMetrics: Sendable {
    private struct State: Sendable {
        var results: [AuditEntry.Result: Int] = [:]
        var errors: [String: Int] = [:]
        var latency = Histogram(bounds: [
            0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2,
        ])
        var certificateLoads = 1
    }

    /// Protects all of the state: every access is short and does no I/O.
    private let state = Mutex(State())

    /// - Parameter duration: from the last byte of the request to the first of the answer.
    func answered(_ result: AuditEntry.Result, in duration: TimeAmount) {
        state.withLock {
            $0.results[result, default: 0] += 1
            $0.latency.observe(Double(duration.nanoseconds) / 1e9)
        }
    }

    func error(_ reason: String) {
        state.withLock { $0.errors[reason, default: 0] += 1 }
    }

    func certificateLoaded() { state.withLock { $0.certificateLoads += 1 } }

    /// Prometheus text format 0.0.4.
    func text(version: String, certificate: Certificate, lostAuditLines: Int) -> String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        text.counter(
            "keeper_injector_requests_total", "Admission reviews by result.",
            labels: AuditEntry.Result.allCases.map {
                (#"operation="mutate",result="\#($0.rawValue)""#, state.results[$0] ?? 0)
            })
        text.counter(
            "keeper_injector_errors_total", "Requests and connections that failed, by reason.",
            label: "reason", state.errors)
        text.histogram(
            "keeper_injector_latency_seconds", "Time to decide about a review that was read.", state.latency)
        text.single(
            "keeper_injector_certificate_loads_total", "counter", "Certificates loaded from disk.",
            Double(state.certificateLoads))
        text.single(
            "keeper_injector_certificate_not_after_seconds", "gauge",
            "End of the served certificate, in seconds since 1970.", Double(certificate.notAfter))
        text.single(
            "keeper_injector_audit_lost_total", "counter", "Audit lines that nobody read in time.",
            Double(lostAuditLines))
        text.single(
            #"keeper_injector_build_info{version="\#(version)"}"#, "gauge", "The version that runs.", 1)
        return text.text
    }
}
