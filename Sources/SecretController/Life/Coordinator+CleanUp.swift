import KubeClient
import Telemetry

/// Secrets in other namespaces than their pods', which Kubernetes does not clean up.
extension Coordinator {
    /// What an earlier leader left in other namespaces; nothing is deleted before it is known who asks.
    func adopt(_ found: [SecretTarget: String]) {
        orphans = found.filter { remote[$0.key] == nil }
        judgeOrphans()
    }

    func judgeOrphans() {
        for (target, namespace) in orphans {
            let asking = configurations.filter { $0.key.namespace == namespace }
            guard asking.values.allSatisfy(\.hasSucceeded) else { continue }
            orphans[target] = nil
            guard remote[target] == nil else { continue }
            remote[target] = (namespace, [])
            cleanUp(target)
        }
    }

    func cleanUp(_ target: SecretTarget) {
        guard !isStopped, cleanUps[target] == nil else { return }
        cleanUps[target] = Task {
            // A pod that is replaced by another is no end.
            try? await Task.sleep(for: .seconds(2))
            await self.deleteUnlessHeld(target)
        }
    }

    func deleteUnlessHeld(_ target: SecretTarget) async {
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
}
