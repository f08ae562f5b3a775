import JSONText
import KubeClient
import Telemetry

/// Keeps up with the pods of one namespace, or of all: list, watch, and again.
struct PodWatcher: Sendable {
    let client: KubeClient
    let reader: PodReader
    /// `nil`: all.
    let namespace: String?
    let metrics: ControllerMetrics
    let log: Log
    /// All pods as of now, in place of what was known of this namespace.
    let replace: @Sendable ([PodState]) async -> Void
    let apply: @Sendable (PodState) async -> Void

    /// Until the task is cancelled. Nothing that a server does ends it.
    func run() async {
        var backoff = Backoff(first: .milliseconds(500), longest: .seconds(15))
        while !Task.isCancelled {
            do throws(KubeError) {
                let request = KubeRequest(.list, .pods, namespace: namespace)
                let (states, version) = try await client.list(request) { view throws(KubeError) in
                    reader.state(of: view, in: namespace)
                }
                await replace(states)
                metrics.count(\.lists)
                try await follow(from: version, &backoff)
            } catch {
                if error == .cancelled { return }
                if error.isExpired {
                    metrics.restarted("expired")
                } else {
                    report(error, "pods cannot be listed or watched")
                }
                await backoff.wait()
            }
        }
    }

    /// Watches again and again from where it was. The list is made anew where that is no more to be had.
    private func follow(from start: String, _ backoff: inout Backoff) async throws(KubeError) {
        var version = start
        while true {
            let begin = ContinuousClock.now
            let before = version
            var failure: KubeError?
            do throws(KubeError) {
                // Not all replicas and namespaces at once.
                try await client.watch(
                    KubeRequest(.watch, .pods, namespace: namespace), from: &version,
                    seconds: Int.random(in: 120...240)
                ) { event, view throws(KubeError) in
                    read(event, view)
                } deliver: {
                    await apply($0)
                }
                metrics.restarted("ended")
            } catch {
                failure = error
            }
            // One that lasted, or told something, has shown that the server is well.
            if ContinuousClock.now - begin > .seconds(10) || version != before { backoff.reset() }
            guard let failure else {
                // A server that ends each watch at once is not asked without a pause.
                if ContinuousClock.now - begin < .seconds(1) { await backoff.wait() }
                continue
            }
            guard failure.isTransient else { throw failure }
            metrics.restarted("broken")
            log.debug("a watch broke", ["reason": .string(failure.message)])
            await backoff.wait()
            if Task.isCancelled { throw .cancelled }
        }
    }

    private func read(_ event: WatchEvent, _ view: JSONView) -> PodState? {
        guard case .deleted = event else { return reader.state(of: view, in: namespace) }
        return view.member("metadata")?.value.member("uid")?.value.string.map { .none(uid: $0) }
    }

    private func report(_ error: KubeError, _ message: String) {
        metrics.error("watch")
        metrics.restarted("failed")
        log.warn(
            message,
            [
                "namespace": .string(namespace ?? "*"), "reason": .string(error.message),
                "hint": .string(error.hint ?? ""),
            ])
    }
}
