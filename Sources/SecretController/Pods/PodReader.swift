import Injection
import JSONText
import KubeClient
import Plan

/// Reads of a pod what it wants of the controller: from its annotations, by the rules of admission.
struct PodReader: Sendable {
    let injector: Injector

    /// - Parameter namespace: that of the list or watch; `nil` for all.
    /// - Returns: `nil` for what is no pod.
    func state(of view: JSONView, in namespace: String?) -> PodState? {
        guard let metadata = view.member("metadata")?.value,
            let uid = metadata.member("uid")?.value.string,
            let name = metadata.member("name")?.value.string,
            let place = metadata.member("namespace")?.value.string,
            namespace == nil || namespace == place
        else { return nil }
        let phase = view.member("status")?.value.member("phase")?.value
        if phase?.isString("Succeeded") == true || phase?.isString("Failed") == true {
            return .none(uid: uid)
        }
        let pod = PodReference(namespace: place, name: name, uid: uid)
        do throws(PodError) {
            switch try injector.kubernetesSecrets(of: view, namespace: place) {
            case .none: return .none(uid: uid)
            case .refused(let error): return .refused(pod, reason: error.message)
            case .wanted(let plan):
                guard case .secret(let secret) = plan.configuration else {
                    return .refused(pod, reason: ControllerError.configurationSource.message)
                }
                let claim = PodReader.claim(pod, plan, secret: secret, metadata)
                return .claim(claim)
            }
        } catch {
            return .refused(pod, reason: "\(error)")
        }
    }

    private static func claim(
        _ pod: PodReference, _ plan: Plan, secret: String, _ metadata: JSONView
    ) -> PodClaim {
        // What does not concern the Secrets must not tell two pods apart.
        var own = Plan(configuration: plan.configuration, selections: [])
        own.selections = plan.selections.filter { $0.kubernetesSecret != nil }
        for index in own.selections.indices {
            own.selections[index].output = .noFile
            own.selections[index].format = .json
            own.selections[index].mode = nil
            own.selections[index].environment = nil
        }
        own.folders = plan.folders.filter { $0.kubernetesSecret != nil }
        for index in own.folders.indices {
            own.folders[index].output = .noFiles
            own.folders[index].format = .json
        }
        own.strictLookup = plan.strictLookup
        let secrets =
            own.selections.compactMap(\.kubernetesSecret) + own.folders.compactMap(\.kubernetesSecret)
        return PodClaim(
            pod: pod, created: metadata.member("creationTimestamp")?.value.string ?? "",
            controller: controller(metadata),
            configuration: ConfigurationKey(
                namespace: pod.namespace, secret: secret, proxy: plan.proxy?.url,
                noProxy: plan.proxy?.exceptions ?? []),
            plan: own, wish: String(decoding: own.json, as: UTF8.self),
            interval: secrets.contains(where: \.rotates) ? plan.refreshInterval : nil)
    }

    /// The one owner that is its controller.
    static func controller(_ metadata: JSONView) -> OwnerReference? {
        var found: OwnerReference?
        metadata.member("ownerReferences")?.value.forEach { reference in
            guard reference.member("controller")?.value.kind == .true,
                let apiVersion = reference.member("apiVersion")?.value.string,
                let kind = reference.member("kind")?.value.string,
                let name = reference.member("name")?.value.string,
                let uid = reference.member("uid")?.value.string
            else { return }
            found = OwnerReference(apiVersion: apiVersion, kind: kind, name: name, uid: uid)
        }
        return found
    }
}
