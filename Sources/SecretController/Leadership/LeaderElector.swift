import KubeClient
import NIOCore
import Telemetry

/// One leader among the controller's replicas, by a Lease, with client-go's rules: who is silent for the
/// lease's time, measured on the observer's own clock, is replaced; who cannot renew in time stops before.
struct LeaderElector: Sendable {
    let client: KubeClient
    let namespace: String
    let name: String
    let identity: String
    let timing: LeaseTiming
    let fence: Fence
    let metrics: ControllerMetrics
    let log: Log

    private struct Term {
        var name: String
        var version: String
    }

    /// Stands for election until the task is cancelled.
    ///
    /// - Parameter lead: what the leader does; cancelled when its term ends, and waited for.
    func run(_ lead: @escaping @Sendable (_ term: String) async -> Void) async {
        while !Task.isCancelled {
            guard let term = await acquire() else { return }
            log.info("leading", ["identity": .string(identity), "term": .string(term.name)])
            metrics.count(\.terms)
            let version = await withTaskGroup(of: String?.self) { group in
                group.addTask {
                    await lead(term.name)
                    return nil
                }
                group.addTask { await keep(term) }
                var version = await group.next() ?? nil
                fence.revoke()
                group.cancelAll()
                while let other = await group.next() { version = version ?? other }
                return version
            }
            log.info("no longer leading", ["identity": .string(identity), "term": .string(term.name)])
            if Task.isCancelled, let version { await giveBack(version) }
        }
    }

    // MARK: Before

    private func acquire() async -> Term? {
        var observed: (lease: Lease, since: ContinuousClock.Instant)?
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do throws(KubeError) {
                guard let lease = try await read() else {
                    return try await begin(change(nil, transitions: 0), transitions: 0, at: start)
                }
                if observed?.lease != lease { observed = (lease, .now) }
                let silent = observed.map { ContinuousClock.now - $0.since > lease.duration } ?? false
                if lease.holder.isEmpty || silent {
                    let next = lease.transitions + 1
                    return try await begin(
                        change(lease.version, transitions: next), transitions: next, at: start)
                }
            } catch {
                if !error.isConflict, error != .cancelled {
                    metrics.error("lease")
                    log.warn(
                        "the lease cannot be read or taken",
                        ["reason": .string(error.message), "hint": .string(error.hint ?? "")])
                }
            }
            // 1.2 as in client-go: candidates do not come all at once.
            try? await Task.sleep(for: timing.retry * Double.random(in: 1...1.2))
        }
        return nil
    }

    private func change(_ version: String?, transitions: Int64) -> LeaseChange {
        LeaseChange(
            holder: identity, seconds: timing.lease.components.seconds, transitions: transitions,
            isAcquired: true, version: version)
    }

    private func begin(
        _ change: LeaseChange, transitions: Int64, at start: ContinuousClock.Instant
    ) async throws(KubeError) -> Term {
        let lease = try await write(change, timeout: timing.renewDeadline)
        // A lease that somebody has deleted begins at 0 again: the number alone names no term.
        let term = "\(transitions)." + String(UInt32.random(in: .min ... .max), radix: 16)
        fence.allow(term, until: start + timing.renewDeadline)
        return Term(name: term, version: lease.version)
    }

    // MARK: While leading

    /// Renews until that fails for too long.
    /// - Returns: the Lease's version where it is still ours.
    private func keep(_ term: Term) async -> String? {
        var version = term.version
        var until = ContinuousClock.now + timing.renewDeadline
        while true {
            do { try await Task.sleep(for: timing.retry) } catch { return version }
            let start = ContinuousClock.now
            guard start < until else {
                log.warn("the lease could not be renewed in time")
                return nil
            }
            do throws(KubeError) {
                let change = LeaseChange(
                    holder: identity, seconds: timing.lease.components.seconds, version: version)
                version = try await write(change, timeout: until - start).version
                until = start + timing.renewDeadline
                fence.allow(term.name, until: until)
            } catch {
                if error == .cancelled { return version }
                metrics.error("lease")
                guard error.isConflict else {
                    log.warn("the lease cannot be renewed", ["reason": .string(error.message)])
                    continue
                }
                guard let lease = try? await read() else { continue }
                guard lease.holder == identity else {
                    log.warn("another has taken the lease", ["holder": .string(lease.holder)])
                    return nil
                }
                version = lease.version
            }
        }
    }

    /// The next leader need not wait. In a task of its own, since this one is cancelled.
    private func giveBack(_ version: String) async {
        await Task.detached {
            let change = LeaseChange(holder: "", seconds: 1, version: version)
            _ = try? await write(change, timeout: .seconds(2))
        }.value
    }

    // MARK: Requests

    private func read() async throws(KubeError) -> Lease? {
        var request = KubeRequest(.get, .leases, namespace: namespace, name: name)
        request.timeout = timing.renewDeadline
        request.isPatient = false
        do throws(KubeError) {
            return try await client.send(request).withView { view throws(KubeError) in try Lease(view) }
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private func write(_ change: LeaseChange, timeout: Duration) async throws(KubeError) -> Lease {
        let exists = change.version != nil
        var request = KubeRequest(
            exists ? .patch : .create, .leases, namespace: namespace, name: exists ? name : nil,
            body: change.body(name: name, namespace: namespace))
        request.timeout = max(timeout, .milliseconds(100))
        request.isPatient = false
        return try await client.send(request).withView { view throws(KubeError) in try Lease(view) }
    }
}
