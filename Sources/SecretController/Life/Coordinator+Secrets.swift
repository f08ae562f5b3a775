import Fetcher
import KeeperCrypto
import KubeClient
import Plan
import SecretMemory
import Telemetry

/// What Keeper answered, to the Secrets and to the pods that are told of them.
extension Coordinator {
    func distribute(
        _ drafts: [SecretDraft], _ claims: [PodClaim], _ key: ConfigurationKey
    ) async throws(ControllerError) {
        let byWish = Dictionary(grouping: claims, by: \.wish)
        let age = byWish.mapValues { $0.map(\.age).max() ?? "" }
        let targets = Dictionary(grouping: drafts, by: \.target)
        configurations[key]?.claims = targets.mapValues { drafts in
            drafts.map { age[$0.wish] ?? "" }.max() ?? ""
        }
        for (target, drafts) in targets.sorted(by: { $0.key < $1.key }) {
            // The newest pod says how; its predecessors, as in a rollout, are overruled.
            let sorted = drafts.sorted { (age[$0.wish] ?? "") < (age[$1.wish] ?? "") }
            guard let newest = sorted.last else { continue }
            let merges = newest.settings.mode == .merge
            let overruled =
                !merges && isOverruled(target, key, by: age[newest.wish] ?? "")
                ? sorted : sorted.filter { $0.wish != newest.wish && !(merges && $0.settings.mode == .merge) }
            for draft in overruled {
                await events.tell(
                    Coordinator.newest(byWish[draft.wish] ?? []), .warning, "KeeperSecretOverruled",
                    "Secret \(target) is written as a newer pod asks for it")
            }
            let effective = sorted.filter { draft in !overruled.contains { $0.wish == draft.wish } }
            if effective.isEmpty { continue }
            try await enqueue(target, effective, byWish, key)
        }
    }

    /// Whether a newer pod with another KSM configuration asks for the same Secret.
    func isOverruled(_ target: SecretTarget, _ key: ConfigurationKey, by age: String) -> Bool {
        configurations.contains { other, configuration in
            other != key && (configuration.claims[target]).map { $0 > age } == true
        }
    }

    func enqueue(
        _ target: SecretTarget, _ drafts: [SecretDraft], _ byWish: [String: [PodClaim]],
        _ key: ConfigurationKey
    ) async throws(ControllerError) {
        guard let newest = drafts.last else { return }
        var data: [String: SecretBytes] = [:]
        var isWhole = true
        var wishes: [String] = []
        for draft in drafts {
            switch draft.data {
            case .success(let values):
                data.merge(values) { _, new in new }
                wishes.append(draft.wish)
            case .failure(let problem):
                isWhole = false
                await fail(target, .secret(problem), byWish[draft.wish] ?? [])
            }
        }
        guard !wishes.isEmpty else { return }
        let claims = wishes.flatMap { byWish[$0] ?? [] }
        if let problem = SecretTypeRules.problem(data, type: newest.settings.type) {
            return await fail(target, .secret(problem), claims)
        }
        let isRemote = target.namespace != key.namespace
        var wanted = DesiredSecret(
            target: target, mode: newest.settings.mode, type: newest.settings.type, data: data,
            owners: [], podUIDs: Set(claims.map(\.pod.uid)), instructions: Coordinator.digest(wishes, target),
            rotates: drafts.contains { $0.settings.rotates },
            source: Coordinator.digest([key.secret], nil, key),
            pods: Coordinator.newest(claims), configuration: key)
        wanted.removesStaleKeys = isWhole
        if newest.settings.hasOwner, isRemote {
            wanted.deletesWithPodsOf = key.namespace
            remote[target] = (key.namespace, wanted.podUIDs.filter { pods[$0] != nil })
            orphans[target] = nil
        } else if newest.settings.hasOwner {
            do throws(KubeError) {
                wanted.owners = try await owners(of: claims)
            } catch {
                throw .kubernetes(error)
            }
        }
        if queue == nil {
            queue = WriteQueue(writer: writer, metrics: metrics) { [weak self] desired, result in
                await self?.wrote(desired, result)
            }
        }
        await queue?.add(wanted)
    }

    /// Each top controller once, the oldest pod's first.
    func owners(of claims: [PodClaim]) async throws(KubeError) -> [OwnerReference] {
        var found: [OwnerReference] = []
        var seen: Set<String> = []
        for claim in claims.sorted(by: { $0.age < $1.age }) {
            if let controller = claim.controller, !seen.insert(controller.uid).inserted { continue }
            let owner = try await owners.owner(of: claim)
            if !found.contains(where: { $0.uid == owner.uid }) { found.append(owner) }
        }
        // A Secret that thousands of single pods share is no reason for thousands of owners.
        return Array(found.suffix(64))
    }

    func fail(_ target: SecretTarget, _ error: ControllerError, _ claims: [PodClaim]) async {
        metrics.wrote("failed")
        log.warn(
            "a Secret cannot be written",
            [
                "secret": .string(target.description), "reason": .string(error.message),
                "hint": .string(error.hint ?? ""),
            ])
        await events.tell(
            Coordinator.newest(claims), .warning, "KeeperSecretFailed",
            "Secret \(target): " + Coordinator.text(error))
    }

    func wrote(_ desired: DesiredSecret, _ result: Result<SecretOutcome, ControllerError>) async {
        guard !isStopped, fence.allows(term) else { return }
        let target = desired.target
        switch result {
        case .failure(.notLeader): return
        case .failure(let error):
            await fail(target, error, desired.pods.compactMap { pods[$0.uid] })
            // What the API server did not take is fetched anew: values are not kept meanwhile.
            if case .kubernetes(let cause) = error, cause.isTransient || cause.isConflict {
                let delay = configurations[desired.configuration]?.backoff.delay() ?? .seconds(60)
                schedule(desired.configuration, at: .now + delay)
            }
        case .success(let outcome):
            metrics.wrote(outcome.rawValue)
            let newcomers = desired.pods.filter { pod in
                configurations[desired.configuration]?.told.insert("\(pod.uid) \(target)").inserted == true
            }
            switch outcome {
            case .created, .updated:
                log.info(
                    "secret \(outcome.rawValue)",
                    ["secret": .string(target.description), "keys": .list(desired.data.keys.sorted())])
                await events.tell(
                    desired.pods, .normal, "KeeperSecretWritten",
                    "Secret \(target) \(outcome.rawValue), \(desired.data.count) keys")
            case .unchanged:
                await events.tell(
                    newcomers, .normal, "KeeperSecretReady", "Secret \(target) is as it shall be")
            case .skipped:
                await events.tell(
                    newcomers, .normal, "KeeperSecretSkipped",
                    "Secret \(target) exists already and is not touched (k8s-secret-mode: skip-if-exists)")
            case .deleted: break
            }
        }
    }

    static func newest(_ claims: [PodClaim]) -> [PodReference] {
        claims.sorted { $0.age > $1.age }.prefix(audience).map(\.pod)
    }

    static func text(_ error: ControllerError) -> String {
        error.message + (error.hint.map { "; " + $0 } ?? "")
    }

    static func digest(_ wishes: [String], _ target: SecretTarget?, _ key: ConfigurationKey? = nil)
        -> String
    {
        let text = (wishes.sorted() + [target?.description ?? "", key?.namespace ?? ""]).joined(
            separator: "\n")
        let bytes = (try? sha256(of: text)) ?? []
        return bytes.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
