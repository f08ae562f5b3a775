import Fetcher
import KubeClient
import NIOPosix
import Plan
import SecretMemory
import Telemetry

/// Asking Keeper once for all that the pods of one KSM configuration want.
extension Coordinator {
    func refresh(_ key: ConfigurationKey) async {
        let claims = (configurations[key]?.pods ?? []).compactMap { pods[$0] }
        var failure: ControllerError?
        do throws(ControllerError) {
            let drafts = try await fetch(key, claims)
            if fence.allows(term) { try await distribute(drafts, claims, key) }
        } catch {
            failure = error
        }
        refreshes[key] = nil
        guard !isStopped, configurations[key] != nil else { return }
        configurations[key]?.isRunning = false
        if let failure {
            await report(failure, key, claims)
            let delay = configurations[key]?.backoff.delay() ?? .seconds(60)
            return schedule(key, at: .now + delay)
        }
        configurations[key]?.backoff.reset()
        configurations[key]?.hasSucceeded = true
        for claim in claims { configurations[key]?.handled.insert(claim.handledKey) }
        count()
        judgeOrphans()
        reschedule(key)
        if configurations[key]?.isAskedAgain == true { ask(key) }
    }

    /// Reads the KSM configuration in the pods' own namespace, and asks Keeper once.
    func fetch(
        _ key: ConfigurationKey, _ claims: [PodClaim]
    ) async throws(ControllerError) -> [SecretDraft] {
        guard let session = configurations[key]?.session else { return [] }
        let text = try await configurationText(key)
        let wishes = Dictionary(claims.map { ($0.wish, $0.plan) }) { first, _ in first }
            .map { KeeperSession.Wish(plan: $0.value, text: $0.key) }
        let start = ContinuousClock.now
        let result: Result<[SecretDraft], ControllerError>
        do {
            // libcurl blocks: not in a thread of NIO's, nor in one of Swift's few.
            result = try await threads.runIfActive {
                Result { () throws(ControllerError) in
                    try session.refresh(text, wishes, deadline: start + Coordinator.fetchTime)
                }
            }
        } catch {
            result = .failure(.notLeader)
        }
        let label = if case .failure(let error) = result { error.label } else { "ok" }
        metrics.fetched(label, in: .now - start)
        return try result.get()
    }

    func configurationText(_ key: ConfigurationKey) async throws(ControllerError) -> SecretBytes {
        let document: JSONDocument
        do throws(KubeError) {
            let answer = try await client.send(
                KubeRequest(.get, .secrets, namespace: key.namespace, name: key.secret))
            document = try answer.secretDocument()
        } catch {
            if error.isTransient { throw .kubernetes(error) }
            throw .configurationSecret(
                namespace: key.namespace, name: key.secret,
                reason: error.isNotFound ? "it does not exist" : error.message)
        }
        guard let value = document.root["data"]?["config"],
            let text = value.withText({ Base64.decode($0) }), text.count > 0
        else {
            throw .configurationSecret(
                namespace: key.namespace, name: key.secret, reason: "it has no key 'config'")
        }
        return text
    }

    func report(
        _ error: ControllerError, _ key: ConfigurationKey, _ claims: [PodClaim]
    ) async {
        guard fence.allows(term) else { return }
        metrics.error(error.label)
        log.warn(
            "Secrets cannot be refreshed, trying again",
            [
                "namespace": .string(key.namespace), "ksm_config": .string(key.secret),
                "reason": .string(error.message), "hint": .string(error.hint ?? ""),
            ])
        await events.tell(
            Coordinator.newest(claims), .warning, "KeeperSecretFailed", Coordinator.text(error))
    }
}
