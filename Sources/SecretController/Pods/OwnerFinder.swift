import JSONText
import KubeClient

/// Finds a pod's top controller: Deployment, StatefulSet, DaemonSet, Job or CronJob; else the pod itself.
///
/// Owners of owners are read from ReplicaSets and Jobs, whose references have all that is needed of a
/// Deployment or CronJob.
actor OwnerFinder {
    private let client: KubeClient
    /// Tops by the uid of the controller; what owns what does not change in an object's life.
    private var known: [String: OwnerReference] = [:]

    init(client: KubeClient) { self.client = client }

    func owner(of claim: PodClaim) async throws(KubeError) -> OwnerReference {
        let pod = OwnerReference(apiVersion: "v1", kind: "Pod", name: claim.pod.name, uid: claim.pod.uid)
        guard let controller = claim.controller else { return pod }
        if let top = known[controller.uid] { return top }
        switch (controller.apiVersion, controller.kind) {
        case ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("apps/v1", "Deployment"),
            ("batch/v1", "CronJob"):
            return controller
        case ("apps/v1", "ReplicaSet"):
            return try await top(above: controller, .replicaSets, in: claim.pod.namespace) ?? pod
        case ("batch/v1", "Job"):
            return try await top(above: controller, .jobs, in: claim.pod.namespace) ?? pod
        default:
            // Of a kind that only others know: there is no right to look at it.
            return pod
        }
    }

    /// - Returns: `nil` where the controller is gone, or another object of its name.
    private func top(
        above controller: OwnerReference, _ resource: KubeResource, in namespace: String
    ) async throws(KubeError) -> OwnerReference? {
        var request = KubeRequest(.get, resource, namespace: namespace, name: controller.name)
        request.metadataOnly = true
        let found: (uid: String?, top: OwnerReference?)
        do throws(KubeError) {
            found = try await client.send(request).withView { view throws(KubeError) in
                let metadata = view.member("metadata")?.value
                return (metadata?.member("uid")?.value.string, metadata.flatMap(PodReader.controller))
            }
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
        // Whoever makes a pod writes its references: only what is true is believed.
        guard found.uid == controller.uid else { return nil }
        let top: OwnerReference
        switch (found.top?.apiVersion, found.top?.kind) {
        case ("apps/v1", "Deployment"), ("batch/v1", "CronJob"): top = found.top ?? controller
        default: top = controller
        }
        if known.count > 20_000 { known = [:] }
        known[controller.uid] = top
        return top
    }
}
