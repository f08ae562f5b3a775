import Fetcher
import Glibc
import KeeperCrypto
import KubeClient
import NIOPosix
import Plan
import SecretMemory
import Telemetry

/// One leader's work: which pods ask for what, when Keeper is asked, which Secret is written.
actor Coordinator {
    /// What is known of one KSM configuration.
    private struct Configuration {
        var pods: Set<String> = []
        var session: KeeperSession
        var timer: Task<Void, Never>?
        var due: ContinuousClock.Instant?
        var isRunning = false
        /// A pod came while a refresh was running.
        var isAskedAgain = false
        var lastStart: ContinuousClock.Instant?
        var backoff = Backoff(first: .seconds(5), longest: .seconds(300))
        /// `PodClaim.handledKey` of pods that a refresh has taken care of.
        var handled: Set<String> = []
        /// Newest pod of each Secret.
        var claims: [SecretTarget: String] = [:]
        /// Pods that were told that their Secret is there.
        var told: Set<String> = []
        var hasSucceeded = false
    }

    private let settings: ControllerSettings
    private let client: KubeClient
    private let metrics: ControllerMetrics
    private let events: EventRecorder
    private let owners: OwnerFinder
    private let threads: NIOThreadPool
    private let term: String
    private let fence: Fence
    private let writer: SecretWriter
    private let cancellation = Cancellation()
    private var queue: WriteQueue?
    private var pods: [String: PodClaim] = [:]
    private var configurations: [ConfigurationKey: Configuration] = [:]
    private var refreshes: [ConfigurationKey: Task<Void, Never>] = [:]
    /// Secrets in other namespaces than their pods', which Kubernetes does not clean up: pods by Secret.
    private var remote: [SecretTarget: (namespace: String, pods: Set<String>)] = [:]
    /// The same of an earlier leader, until it is known whether anybody asks for them.
    private var orphans: [SecretTarget: String] = [:]
    private var cleanUps: [SecretTarget: Task<Void, Never>] = [:]
    private var isStopped = false

    private var log: Log { settings.log }

    /// Pods come in crowds: the first of them waits a moment for the others.
    private static let gathering: Duration = .milliseconds(200)
    /// Of one namespace, so that a slow Keeper of its delays no other's.
    private static let refreshesPerNamespace = 2
    /// One refresh with all its downloads.
    private static let fetchTime: Duration = .seconds(60)
    /// How many pods of one Secret are told of a change.
    private static let audience = 20

    init(
        settings: ControllerSettings, client: KubeClient, metrics: ControllerMetrics, threads: NIOThreadPool,
        fence: Fence, term: String
    ) {
        self.settings = settings
        self.client = client
        self.metrics = metrics
        self.threads = threads
        self.fence = fence
        self.term = term
        events = EventRecorder(client: client, metrics: metrics)
        owners = OwnerFinder(client: client)
        writer = SecretWriter(client: client, fence: fence, term: term, metrics: metrics)
    }

    /// Ends all work. Nothing is written once this returns.
    func stop() async {
        isStopped = true
        cancellation.cancel()
        for configuration in configurations.values { configuration.timer?.cancel() }
        let tasks = Array(refreshes.values) + Array(cleanUps.values)
        for task in tasks { task.cancel() }
        await queue?.stop()
        for task in tasks { await task.value }
        await events.stop()
    }

    // MARK: Pods

    /// All pods of a namespace, or of all, as of now.
    func replace(_ states: [PodState], in namespace: String?) async {
        var present: Set<String> = []
        for state in states {
            if case .claim(let claim) = state { present.insert(claim.pod.uid) }
            await apply(state)
        }
        let gone = pods.values.filter {
            (namespace == nil || $0.pod.namespace == namespace) && !present.contains($0.pod.uid)
        }
        for claim in gone { remove(claim.pod.uid) }
    }

    func apply(_ state: PodState) async {
        guard !isStopped else { return }
        switch state {
        case .none(let uid): remove(uid)
        case .refused(let pod, let reason):
            remove(pod.uid)
            metrics.error("refused")
            log.warn(
                "a pod asks for what it may not have",
                ["namespace": .string(pod.namespace), "pod": .string(pod.name), "reason": .string(reason)])
            await events.tell([pod], .warning, "KeeperSecretRefused", reason)
        case .claim(let claim): add(claim)
        }
    }

    private func add(_ claim: PodClaim) {
        let uid = claim.pod.uid
        if let known = pods[uid] {
            if known.wish == claim.wish, known.configuration == claim.configuration,
                known.interval == claim.interval
            {
                return
            }
            // Annotations of a living pod can be changed: then it asks for something else.
            remove(uid)
        }
        pods[uid] = claim
        let key = claim.configuration
        var configuration =
            configurations[key]
            ?? Configuration(
                session: KeeperSession(
                    key, caFile: settings.keeperCA, cancellation: cancellation, log: log))
        configuration.pods.insert(uid)
        let isNew = !configuration.handled.contains(claim.handledKey)
        configurations[key] = configuration
        count()
        if isNew { ask(key) } else { reschedule(key) }
    }

    private func remove(_ uid: String) {
        guard let claim = pods.removeValue(forKey: uid) else { return }
        let key = claim.configuration
        if var configuration = configurations[key] {
            configuration.pods.remove(uid)
            configuration.told = configuration.told.filter { !$0.hasPrefix(uid) }
            if configuration.pods.isEmpty { configuration.timer?.cancel() }
            // A refresh that is running finds out by itself.
            configurations[key] = configuration.pods.isEmpty ? nil : configuration
        }
        for (target, holders) in remote where holders.pods.contains(uid) {
            remote[target]?.pods.remove(uid)
            if remote[target]?.pods.isEmpty == true { cleanUp(target) }
        }
        count()
    }

    private func count() {
        metrics.sizes(
            pods: pods.count, secrets: Set(configurations.values.flatMap { $0.claims.keys }).count,
            configurations: configurations.count)
    }

    // MARK: When

    /// Somebody new has come: soon, but not more often than Keeper likes.
    private func ask(_ key: ConfigurationKey) {
        guard let configuration = configurations[key] else { return }
        if configuration.isRunning {
            configurations[key]?.isAskedAgain = true
            return
        }
        let earliest = configuration.lastStart.map { $0 + settings.fetchSpacing } ?? .now
        schedule(key, at: max(earliest, .now + Coordinator.gathering))
    }

    /// The shortest interval of all pods that ask, as of now.
    private func reschedule(_ key: ConfigurationKey) {
        guard let configuration = configurations[key], !configuration.isRunning, configuration.hasSucceeded,
            let interval = interval(of: configuration)
        else { return }
        schedule(key, at: .now + configuration.session.pause(interval))
    }

    private func interval(of configuration: Configuration) -> Duration? {
        configuration.pods.compactMap { pods[$0]?.interval }.min()
    }

    /// The earliest time that anybody asked for holds.
    private func schedule(_ key: ConfigurationKey, at time: ContinuousClock.Instant) {
        guard !isStopped, let configuration = configurations[key], !configuration.isRunning else { return }
        if let due = configuration.due, due <= time { return }
        configuration.timer?.cancel()
        configurations[key]?.due = time
        configurations[key]?.timer = Task {
            do { try await Task.sleep(until: time, clock: .continuous) } catch { return }
            self.begin(key)
        }
    }

    private func begin(_ key: ConfigurationKey) {
        guard !isStopped, let configuration = configurations[key], !configuration.isRunning else { return }
        configurations[key]?.due = nil
        configurations[key]?.timer = nil
        // Its last pod went while a refresh was running, and another came: that one has to end first.
        guard refreshes[key] == nil else { return schedule(key, at: .now + Coordinator.gathering) }
        let busy = refreshes.keys.filter { $0.namespace == key.namespace }.count
        guard busy < Coordinator.refreshesPerNamespace else {
            schedule(key, at: .now + .milliseconds(Int.random(in: 100...300)))
            return
        }
        configurations[key]?.isRunning = true
        configurations[key]?.isAskedAgain = false
        configurations[key]?.lastStart = .now
        refreshes[key] = Task { await self.refresh(key) }
    }

    // MARK: Refresh

    private func refresh(_ key: ConfigurationKey) async {
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
    private func fetch(
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

    private func configurationText(_ key: ConfigurationKey) async throws(ControllerError) -> SecretBytes {
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

    private func report(
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

    // MARK: Secrets

    private func distribute(
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
    private func isOverruled(_ target: SecretTarget, _ key: ConfigurationKey, by age: String) -> Bool {
        configurations.contains { other, configuration in
            other != key && (configuration.claims[target]).map { $0 > age } == true
        }
    }

    private func enqueue(
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
    private func owners(of claims: [PodClaim]) async throws(KubeError) -> [OwnerReference] {
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

    private func fail(_ target: SecretTarget, _ error: ControllerError, _ claims: [PodClaim]) async {
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

    private func wrote(_ desired: DesiredSecret, _ result: Result<SecretOutcome, ControllerError>) async {
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

    // MARK: Clean-up

    /// What an earlier leader left in other namespaces; nothing is deleted before it is known who asks.
    func adopt(_ found: [SecretTarget: String]) {
        orphans = found.filter { remote[$0.key] == nil }
        judgeOrphans()
    }

    private func judgeOrphans() {
        for (target, namespace) in orphans {
            let asking = configurations.filter { $0.key.namespace == namespace }
            guard asking.values.allSatisfy(\.hasSucceeded) else { continue }
            orphans[target] = nil
            guard remote[target] == nil else { continue }
            remote[target] = (namespace, [])
            cleanUp(target)
        }
    }

    private func cleanUp(_ target: SecretTarget) {
        guard !isStopped, cleanUps[target] == nil else { return }
        cleanUps[target] = Task {
            // A pod that is replaced by another is no end.
            try? await Task.sleep(for: .seconds(2))
            await self.deleteUnlessHeld(target)
        }
    }

    private func deleteUnlessHeld(_ target: SecretTarget) async {
        defer { cleanUps[target] = nil }
        guard !isStopped, let holders = remote[target], holders.pods.isEmpty else { return }
        do throws(ControllerError) {
            if try await writer.delete(target, podsOf: holders.namespace) {
                metrics.wrote("deleted")
                log.info("secret deleted", ["secret": .string(target.description)])
            }
            if remote[target]?.pods.isEmpty == true { remote[target] = nil }
        } catch {
            // The next leader, or the next pod's end, tries again.
            log.warn(
                "a Secret cannot be deleted",
                ["secret": .string(target.description), "reason": .string(error.message)])
        }
    }

    // MARK: Texts

    private static func newest(_ claims: [PodClaim]) -> [PodReference] {
        claims.sorted { $0.age > $1.age }.prefix(audience).map(\.pod)
    }

    private static func text(_ error: ControllerError) -> String {
        error.message + (error.hint.map { "; " + $0 } ?? "")
    }

    private static func digest(_ wishes: [String], _ target: SecretTarget?, _ key: ConfigurationKey? = nil)
        -> String
    {
        let text = (wishes.sorted() + [target?.description ?? "", key?.namespace ?? ""]).joined(
            separator: "\n")
        let bytes = (try? sha256(of: text)) ?? []
        return bytes.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
