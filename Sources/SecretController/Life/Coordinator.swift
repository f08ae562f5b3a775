import Fetcher
import KubeClient
import NIOPosix
import Telemetry

/// One leader's work: which pods ask for what, when Keeper is asked, which Secret is written.
actor Coordinator {
    /// What is known of one KSM configuration.
    struct Configuration {
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

    let settings: ControllerSettings
    let client: KubeClient
    let metrics: ControllerMetrics
    let events: EventRecorder
    let owners: OwnerFinder
    let threads: NIOThreadPool
    let term: String
    let fence: Fence
    let writer: SecretWriter
    let cancellation = Cancellation()
    var queue: WriteQueue?
    var pods: [String: PodClaim] = [:]
    var configurations: [ConfigurationKey: Configuration] = [:]
    var refreshes: [ConfigurationKey: Task<Void, Never>] = [:]
    /// Secrets in other namespaces than their pods', which Kubernetes does not clean up: pods by Secret.
    var remote: [SecretTarget: (namespace: String, pods: Set<String>)] = [:]
    /// The same of an earlier leader, until it is known whether anybody asks for them.
    var orphans: [SecretTarget: String] = [:]
    var cleanUps: [SecretTarget: Task<Void, Never>] = [:]
    var isStopped = false

    var log: Log { settings.log }

    /// Pods come in crowds: the first of them waits a moment for the others.
    static let gathering: Duration = .milliseconds(200)
    /// Of one namespace, so that a slow Keeper of its delays no other's.
    static let refreshesPerNamespace = 2
    /// One refresh with all its downloads.
    static let fetchTime: Duration = .seconds(60)
    /// How many pods of one Secret are told of a change.
    static let audience = 20

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

    func add(_ claim: PodClaim) {
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

    func remove(_ uid: String) {
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

    func count() {
        metrics.sizes(
            pods: pods.count, secrets: Set(configurations.values.flatMap { $0.claims.keys }).count,
            configurations: configurations.count)
    }

    // MARK: When

    /// Somebody new has come: soon, but not more often than Keeper likes.
    func ask(_ key: ConfigurationKey) {
        guard let configuration = configurations[key] else { return }
        if configuration.isRunning {
            configurations[key]?.isAskedAgain = true
            return
        }
        let earliest = configuration.lastStart.map { $0 + settings.fetchSpacing } ?? .now
        schedule(key, at: max(earliest, .now + Coordinator.gathering))
    }

    /// The shortest interval of all pods that ask, as of now.
    func reschedule(_ key: ConfigurationKey) {
        guard let configuration = configurations[key], !configuration.isRunning, configuration.hasSucceeded,
            let interval = interval(of: configuration)
        else { return }
        schedule(key, at: .now + configuration.session.pause(interval))
    }

    func interval(of configuration: Configuration) -> Duration? {
        configuration.pods.compactMap { pods[$0]?.interval }.min()
    }

    /// The earliest time that anybody asked for holds.
    func schedule(_ key: ConfigurationKey, at time: ContinuousClock.Instant) {
        guard !isStopped, let configuration = configurations[key], !configuration.isRunning else { return }
        if let due = configuration.due, due <= time { return }
        configuration.timer?.cancel()
        configurations[key]?.due = time
        configurations[key]?.timer = Task {
            do { try await Task.sleep(until: time, clock: .continuous) } catch { return }
            self.begin(key)
        }
    }

    func begin(_ key: ConfigurationKey) {
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
}
