import Injection
import JSONText
package import KubeClient
import NIOPosix
import Telemetry

/// Writes the Kubernetes Secrets that pods ask for, while it leads.
///
///     let controller = try SecretController(settings)
///     await controller.run()
package final class SecretController: Sendable {
    private let settings: ControllerSettings
    private let client: KubeClient
    package let metrics: ControllerMetrics
    private let fence = Fence()
    /// For calls of Keeper, which block.
    private let threads = NIOThreadPool(numberOfThreads: 8)

    /// - Throws: `KubeError` where token or CA of the service account cannot be read.
    package init(_ settings: ControllerSettings) throws(KubeError) {
        self.settings = settings
        let metrics = ControllerMetrics()
        self.metrics = metrics
        client = KubeClient(
            settings.kubernetes, watches: settings.watchedNamespaces.count, observer: metrics.asked)
        try client.check()
    }

    package var isLeader: Bool { fence.isLeader }

    /// Stands for election and works until the task is cancelled.
    package func run() async {
        threads.start()
        if settings.watchedNamespaces.isEmpty {
            settings.log.warn(
                "no namespace may have Kubernetes Secrets",
                ["hint": "name them with --kubernetes-secret-namespaces"])
        }
        let elector = LeaderElector(
            client: client, namespace: settings.namespace, name: settings.leaseName,
            identity: settings.identity, timing: settings.timing, fence: fence, metrics: metrics,
            log: settings.log)
        await elector.run { [self] term in await lead(term) }
        let client = client
        await Task.detached { await client.shutdown() }.value
        try? await threads.shutdownGracefully()
    }

    private func lead(_ term: String) async {
        let coordinator = Coordinator(
            settings: settings, client: client, metrics: metrics, threads: threads, fence: fence, term: term)
        let reader = PodReader(injector: Injector(policy: settings.policy))
        let pending = Countdown(settings.watchedNamespaces.count)
        await withTaskGroup(of: Void.self) { group in
            for namespace in settings.watchedNamespaces {
                let watcher = PodWatcher(
                    client: client, reader: reader, namespace: namespace, metrics: metrics,
                    log: settings.log,
                    replace: { [self] states in
                        await coordinator.replace(states, in: namespace)
                        if await pending.finish(namespace ?? "*") {
                            await coordinator.adopt(await leftOvers())
                        }
                    }, apply: { await coordinator.apply($0) })
                group.addTask { await watcher.run() }
            }
            // Without a namespace there is still a term to be spent.
            group.addTask { try? await Task.sleep(for: .seconds(1 << 31)) }
            await group.waitForAll()
        }
        // Cancelled by now, and what follows must not be.
        await Task.detached { await coordinator.stop() }.value
    }

    /// Secrets in other namespaces than their pods' that any leader wrote. Names alone: no values travel.
    private func leftOvers() async -> [SecretTarget: String] {
        var found: [SecretTarget: String] = [:]
        for namespace in Set(settings.policy.kubernetesSecretPairs.map(\.secret)) {
            var request = KubeRequest(.list, .secrets, namespace: namespace)
            request.metadataOnly = true
            request.query = [("labelSelector", "\(SecretMark.label)=\(SecretMark.manager)")]
            do throws(KubeError) {
                let items = try await client.list(request) { view throws(KubeError) in
                    SecretController.leftOver(view, in: namespace)
                }.items
                for (target, pods) in items { found[target] = pods }
            } catch {
                settings.log.warn(
                    "Secrets of an earlier leader cannot be listed",
                    ["namespace": .string(namespace), "reason": .string(error.message)])
            }
        }
        return found
    }

    private static func leftOver(_ view: JSONView, in namespace: String) -> (SecretTarget, String)? {
        guard let metadata = view.member("metadata")?.value,
            let name = metadata.member("name")?.value.string
        else { return nil }
        var pods: String?
        metadata.member("annotations")?.value.forEachMember { key, value in
            if key.string == SecretMark.podsOf { pods = value.string }
        }
        return pods.map { (SecretTarget(namespace: namespace, name: name), $0) }
    }
}

/// Tells when all of several things have happened for the first time.
private actor Countdown {
    private var seen: Set<String> = []
    private let count: Int

    init(_ count: Int) { self.count = count }

    /// - Returns: whether this was the last one missing.
    func finish(_ name: String) -> Bool { seen.insert(name).inserted && seen.count == count }
}
