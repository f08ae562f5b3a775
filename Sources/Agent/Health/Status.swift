import Synchronization
import Telemetry

/// What the agent tells about itself: written by the worker, read by the health endpoint.
package final class Status: Sendable {
    private struct State: Sendable {
        var published = false
        var lastSuccess: (clock: ContinuousClock.Instant, seconds: Double)?
        // Every label from the start: a rate sees the first event only after a 0.
        var refreshes = Dictionary(uniqueKeysWithValues: RefreshResult.allCases.map { ($0.rawValue, 0) })
        var errors = Dictionary(uniqueKeysWithValues: FailureReason.allCases.map { ($0.rawValue, 0) })
        var secretsFetched = 0
        var secretsActive = 0
        var fetchDurations = Histogram(bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    }

    /// Protects all of the state: every access is short and does no I/O.
    private let state = Mutex(State())
    private let maxStaleness: Duration
    private let version: String
    /// Opens that a FUSE server answered, which it does in audit mode.
    private let opens: (@Sendable () -> Int)?

    /// - Parameter maxStaleness: how long the last good answer counts as ready.
    package init(version: String, maxStaleness: Duration, opens: (@Sendable () -> Int)? = nil) {
        self.opens = opens
        self.version = version
        self.maxStaleness = maxStaleness
    }

    /// Secrets of an earlier process are published.
    ///
    /// - Parameters:
    ///   - secrets: files published.
    ///   - age: how long ago Keeper answered; `nil`: not known, counted from now.
    func adopted(secrets: Int, age: Duration?) {
        let age = age ?? .zero
        state.withLock {
            $0.published = true
            $0.secretsActive = secrets
            $0.lastSuccess = (.now - age, Timestamp.seconds() - age.inSeconds)
        }
    }

    /// The files were too old to stay.
    func removed() {
        state.withLock {
            $0.published = false
            $0.secretsActive = 0
        }
    }

    func fetched(records: Int, in duration: Duration) {
        state.withLock {
            $0.secretsFetched += records
            $0.fetchDurations.observe(duration.inSeconds)
        }
    }

    /// - Parameter changed: whether anything was written.
    func refreshed(secrets: Int, changed: Bool) {
        state.withLock {
            $0.published = true
            $0.lastSuccess = (.now, Timestamp.seconds())
            $0.secretsActive = secrets
            $0.refreshes[(changed ? RefreshResult.changed : .unchanged).rawValue, default: 0] += 1
        }
    }

    func failed(reason: FailureReason) {
        state.withLock {
            $0.refreshes[RefreshResult.failed.rawValue, default: 0] += 1
            $0.errors[reason.rawValue, default: 0] += 1
        }
    }

    /// How old the last good answer is; `nil` when there was none yet.
    package var age: Duration? { state.withLock { $0.lastSuccess.map { $0.clock.duration(to: .now) } } }

    /// Published, and not beyond the staleness allowed.
    package var isReady: Bool {
        state.withLock { state in
            guard state.published else { return false }
            return state.lastSuccess.map { $0.clock.duration(to: .now) <= maxStaleness } ?? true
        }
    }

    /// Prometheus text format 0.0.4, names as in the contract, section 10.
    package var metrics: String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        text.counter(
            "keeper_sidecar_refresh_total", "Refreshes by result.", label: "result", state.refreshes)
        text.counter(
            "keeper_sidecar_refresh_errors_total", "Failed refreshes by reason.", label: "reason",
            state.errors)
        text.single(
            "keeper_sidecar_secrets_fetched_total", "counter", "Records received.",
            Double(state.secretsFetched))
        text.histogram(
            "keeper_sidecar_fetch_duration_seconds", "Time of a fetch from Keeper.",
            state.fetchDurations)
        text.single(
            "keeper_sidecar_secrets_active", "gauge", "Files published.", Double(state.secretsActive))
        text.single(
            "keeper_sidecar_last_refresh_timestamp_seconds", "gauge",
            "When the last refresh succeeded, 0 for never.", state.lastSuccess?.seconds ?? 0)
        text.single(
            "keeper_sidecar_stale_seconds", "gauge", "Age of the published values.",
            state.lastSuccess.map { $0.clock.duration(to: .now).inSeconds } ?? 0)
        if let opens {
            text.single(
                "keeper_fuse_opens_total", "counter", "Opens that were answered, in audit mode.",
                Double(opens()))
        }
        text.single(
            "keeper_sidecar_build_info{version=\"\(version)\"}", "gauge", "Version of the agent.", 1)
        return text.text
    }
}

/// How a refresh ended, as a label of metrics.
private enum RefreshResult: String, CaseIterable { case changed, unchanged, failed }

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
