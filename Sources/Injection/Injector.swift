package import JSONText
import Plan

/// Decides what becomes of a pod. The same pod gives byte for byte the same patch; it does no I/O.
package struct Injector: Sendable {
    package let policy: InjectionPolicy
    private let parser: AnnotationParser

    package init(policy: InjectionPolicy) {
        self.policy = policy
        parser = AnnotationParser(options: AnnotationParser.Options(policy: policy))
    }

    /// - Parameters:
    ///   - pod: the JSON text of one Pod.
    ///   - namespace: where it will live, if the pod itself does not say so.
    /// - Throws: `PodError` where the text is not a pod.
    package func decide(pod: UnsafeRawBufferPointer, namespace: String?) throws(PodError) -> Decision {
        try JSONView.with(Injector.nodes(of: pod), of: pod) { (view) throws(PodError) in
            try decide(view, namespace: namespace)
        }
    }

    private static func nodes(of pod: UnsafeRawBufferPointer) throws(PodError) -> [JSONNode] {
        do throws(JSONError) {
            return try JSONParser.parse(pod, limits: JSONLimits(values: 200_000))
        } catch {
            throw PodError(place: "", problem: "is not JSON: \(error)")
        }
    }

    /// Names of the containers that get mounts and variables, init containers first.
    package static func targetNames(
        ofPod pod: UnsafeRawBufferPointer, settings: PodSettings
    ) throws(PodError) -> [String] {
        try JSONView.with(Injector.nodes(of: pod), of: pod) { (view) throws(PodError) in
            let names = try PodSpec(pod: PodObject(view, PodPlace(""))).allContainers.map(\.name)
            return settings.containers.map { wanted in names.filter(wanted.contains) } ?? names
        }
    }

    /// The same for a pod within a text that is parsed already.
    package func decide(_ view: JSONView, namespace: String?) throws(PodError) -> Decision {
        let pod = try PodObject(view, PodPlace(""))
        if let kind = try pod.string("kind"), kind != "Pod" {
            throw PodError(place: "kind", problem: "is not Pod")
        }
        let metadata = try PodMetadata(pod: pod)
        guard !metadata.annotations.isEmpty else {
            return Decision(outcome: .unchanged(reason: "injection is not asked for"))
        }
        let spec = try PodSpec(pod: pod)
        let place = metadata.namespace ?? namespace ?? "default"
        if let reason = exemption(metadata, spec, namespace: place) {
            let asks = metadata.annotations.contains { $0.key == "inject" }
            return Decision(
                outcome: .unchanged(reason: reason),
                warnings: asks ? [shortened("\(Annotation.prefix)inject has no effect: \(reason)")] : [])
        }
        if spec.allContainers.contains(where: \.hasOurSettings) {
            return Decision(outcome: .unchanged(reason: "already injected"))
        }
        return decide(metadata, spec, namespace: place)
    }

    private func decide(_ metadata: PodMetadata, _ spec: PodSpec, namespace: String) -> Decision {
        let (parsed, mistakes) = parser.examine(metadata.annotations)
        let warnings = parsed.warnings.map(\.description)
        guard let plan = parsed.plan else {
            return Decision(
                outcome: .unchanged(reason: "injection is not asked for"), warnings: bounded(warnings))
        }
        var mutation = Mutation(
            policy: policy, namespace: namespace, metadata: metadata, spec: spec, settings: parsed.settings,
            plan: plan)
        mutation.mistakes = mistakes
        let outcome = mutation.decide()
        // Of a pod that is not to be, only what explains the mistakes is worth telling.
        if case .denied = outcome { return Decision(outcome: outcome, warnings: bounded(warnings)) }
        return Decision(outcome: outcome, warnings: bounded(warnings + mutation.warnings))
    }

    /// The plan of annotations, with the mistakes in them.
    func examine(_ annotations: [Annotation]) -> (parsed: ParsedAnnotations, mistakes: [Mistake]) {
        parser.examine(annotations)
    }

    /// Why a pod is left alone that might ask for injection.
    private func exemption(_ metadata: PodMetadata, _ spec: PodSpec, namespace: String) -> String? {
        if policy.excludedNamespaces.contains(namespace) {
            return "namespace \(quoted(namespace)) is excluded"
        }
        if metadata.isStatic { return "static and mirror pods are not injected" }
        return spec.isWindows ? "Windows pods are not injected" : nil
    }

    /// At most 20, the last of which tells how many more there are.
    private func bounded(_ warnings: [String]) -> [String] {
        guard warnings.count > 20 else { return warnings.map(shortened) }
        return warnings.prefix(19).map(shortened) + ["and \(warnings.count - 19) more warnings"]
    }

    /// At most 256 characters: the API server cuts longer ones.
    private func shortened(_ text: String) -> String {
        text.unicodeScalars.count <= 256
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(255))) + "…"
    }
}
