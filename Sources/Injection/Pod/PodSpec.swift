import JSONText

/// What of a pod's `spec` matters here.
struct PodSpec {
    var initContainers: [PodContainer] = []
    var containers: [PodContainer] = []
    var hasInitContainers = false
    var hasVolumes = false
    var volumeNames: [String] = []
    var hasSecurityContext = false
    var runAsUser: UInt32?
    var runAsGroup: UInt32?
    var fsGroup: UInt32?
    /// `nil` where there is no list.
    var supplementalGroups: [UInt32]?
    var sharesProcesses: Bool?
    var hostPID = false
    var isWindows = false
    var restartPolicy: String?

    init(pod: PodObject) throws(PodError) {
        let place = PodPlace("spec")
        guard let spec = try pod.object("spec", place) else {
            throw PodError(place: "spec", problem: "is missing")
        }
        if let system = try spec.object("os", PodPlace("spec.os")) {
            isWindows = try system.string("name") == "windows"
        }
        hostPID = try spec.boolean("hostPID") ?? false
        sharesProcesses = try spec.boolean("shareProcessNamespace")
        restartPolicy = try spec.string("restartPolicy")
        try readVolumes(spec)
        try readSecurityContext(spec)
        if let list = try spec.array("initContainers") {
            hasInitContainers = true
            initContainers = try PodSpec.containers(list, "spec.initContainers", isInit: true)
        }
        guard let list = try spec.array("containers") else { throw place.error("containers", "is missing") }
        containers = try PodSpec.containers(list, "spec.containers", isInit: false)
    }

    /// Init containers first.
    var allContainers: [PodContainer] { initContainers + containers }

    private static func containers(
        _ list: JSONView, _ name: StaticString, isInit: Bool
    ) throws(PodError) -> [PodContainer] {
        var containers: [PodContainer] = []
        try list.forEach { (view) throws(PodError) in
            containers.append(
                try PodContainer(view, list: name, index: containers.count, isInit: isInit))
        }
        return containers
    }

    private mutating func readVolumes(_ spec: PodObject) throws(PodError) {
        guard let list = try spec.array("volumes") else { return }
        hasVolumes = true
        var position = 0
        try list.forEach { (view) throws(PodError) in
            let volume = try PodObject(view, PodPlace("spec.volumes", position))
            if let name = try volume.string("name") { volumeNames.append(name) }
            position += 1
        }
    }

    private mutating func readSecurityContext(_ spec: PodObject) throws(PodError) {
        let place = PodPlace("spec.securityContext")
        guard let context = try spec.object("securityContext", place) else { return }
        hasSecurityContext = true
        runAsUser = try context.identifier("runAsUser")
        runAsGroup = try context.identifier("runAsGroup")
        fsGroup = try context.identifier("fsGroup")
        guard let list = try context.array("supplementalGroups") else { return }
        var groups: [UInt32] = []
        try list.forEach { (view) throws(PodError) in
            groups.append(try PodObject.identifier(view, place, "supplementalGroups"))
        }
        supplementalGroups = groups
    }
}
