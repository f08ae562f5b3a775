package import JSONText
package import Plan

extension Injector {
    /// What a pod that lives in the cluster asks of the controller of Kubernetes Secrets.
    package enum SecretWish: Sendable {
        /// Nothing, and why.
        case none(reason: String)
        /// It asks for what it may not have, or in a way that cannot be understood.
        case refused(InjectionError)
        /// At least one selection or folder with a Kubernetes Secret.
        case wanted(Plan)
    }

    /// Reads the wish of a pod that was admitted, by the very rules of its admission: a pod that no webhook
    /// has seen, or that today's policy would deny, gets nothing.
    ///
    /// - Parameter namespace: where it lives; a pod that says otherwise is not believed.
    package func kubernetesSecrets(of view: JSONView, namespace: String) throws(PodError) -> SecretWish {
        let pod = try PodObject(view, PodPlace(""))
        let metadata = try PodMetadata(pod: pod)
        guard metadata.annotations.contains(where: { $0.key == "inject" }) else {
            return .none(reason: "injection is not asked for")
        }
        guard metadata.namespace == nil || metadata.namespace == namespace else {
            throw PodError(place: "metadata.namespace", problem: "is not the namespace it was found in")
        }
        guard metadata.annotations.contains(where: { $0.key == "injected" && $0.value == "true" }) else {
            return .none(reason: "the webhook has not injected it")
        }
        let spec = try PodSpec(pod: pod)
        guard !policy.excludedNamespaces.contains(namespace), !metadata.isStatic, !spec.isWindows else {
            return .none(reason: "such pods are not injected")
        }
        let (parsed, mistakes) = examine(metadata.annotations)
        guard let plan = parsed.plan else { return .none(reason: "injection is not asked for") }
        guard plan.wantsKubernetesSecrets else { return .none(reason: "no Kubernetes Secret is asked for") }
        var mutation = Mutation(
            policy: policy, namespace: namespace, metadata: metadata, spec: spec, settings: parsed.settings,
            plan: plan)
        mutation.mistakes = mistakes
        mutation.checkPolicy()
        guard mutation.mistakes.isEmpty else { return .refused(InjectionError(mutation.mistakes)) }
        guard !mutation.needsContainers || spec.allContainers.contains(where: \.hasOurSettings) else {
            return .none(reason: "the webhook has not injected it")
        }
        return .wanted(plan)
    }
}

extension Plan {
    fileprivate var wantsKubernetesSecrets: Bool {
        selections.contains { $0.kubernetesSecret != nil } || folders.contains { $0.kubernetesSecret != nil }
    }
}

/// A record's title as the name of a Secret; empty where nothing of it is left.
package func secretName(forTitle title: String) -> String { KubernetesSecretDraft.objectName(title) }

/// Whether a text is the name of a Secret.
package func isSecretName(_ text: String) -> Bool { DNSName.isSubdomain(text) }

/// Whether a text is a key of a Secret.
package func isSecretKey(_ text: String) -> Bool { SecretKey.isKey(text) }
