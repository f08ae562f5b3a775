import JSONText
import Plan

/// What of a pod's `metadata` matters here.
struct PodMetadata {
    var namespace: String?
    /// Those with the injector's prefix.
    var annotations: [Annotation] = []
    /// Whether kubelet made the pod from a file of its node.
    var isStatic = false

    /// - Throws: `PodError` where an annotation is not a string or given twice.
    init(pod: PodObject) throws(PodError) {
        guard let metadata = try pod.object("metadata", PodPlace("metadata")) else { return }
        namespace = try metadata.string("namespace")
        guard let list = try metadata.object("annotations", PodPlace("metadata.annotations")) else { return }
        try list.view.forEachMember { (key, value) throws(PodError) in
            if key.isString("kubernetes.io/config.mirror") { isStatic = true }
            if key.isString("kubernetes.io/config.source") { isStatic = isStatic || !value.isString("api") }
            guard key.hasPrefix("keeper.security/"), let name = key.string else { return }
            guard let text = value.string else {
                throw PodError(place: "metadata.annotations", problem: "\(quoted(name)) is not a string")
            }
            guard !annotations.contains(where: { $0.name == name }) else {
                throw PodError(place: "metadata.annotations", problem: "\(quoted(name)) is given twice")
            }
            annotations.append(Annotation(name: name, value: text))
        }
    }
}
