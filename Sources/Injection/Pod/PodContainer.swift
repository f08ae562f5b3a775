import JSONText

/// What of a container matters here.
struct PodContainer {
    /// All of it, for what is asked seldom.
    let view: JSONView
    var isInit: Bool
    /// In its list.
    var index: Int
    var name: String
    /// As they are written.
    var mountPaths: [String] = []
    var hasMounts = false
    var runAsUser: UInt32?
    var runAsGroup: UInt32?
    /// `command`, unless missing or empty.
    var command: JSONView?
    /// Whether it is one of ours: it has our settings, and a name of ours.
    var hasOurSettings = false

    init(_ view: JSONView, list: StaticString, index: Int, isInit: Bool) throws(PodError) {
        let place = PodPlace(list, index)
        let container = try PodObject(view, place)
        self.view = view
        self.isInit = isInit
        self.index = index
        guard let name = try container.string("name") else { throw place.error("name", "is missing") }
        self.name = name
        if let mounts = try container.array("volumeMounts") {
            hasMounts = true
            var position = 0
            try mounts.forEach { (mount) throws(PodError) in
                let mount = try PodObject(mount, PodPlace(list, index, "volumeMounts", position))
                if let path = try mount.string("mountPath") { mountPaths.append(path) }
                position += 1
            }
        }
        if let context = try container.object(
            "securityContext", PodPlace(list, index, "securityContext"))
        {
            runAsUser = try context.identifier("runAsUser")
            runAsGroup = try context.identifier("runAsGroup")
        }
        try readCommand(container)
        guard OurName.containers.contains(name), let variables = try container.array("env") else { return }
        var position = 0
        try variables.forEach { (variable) throws(PodError) in
            let variable = try PodObject(variable, PodPlace(list, index, "env", position))
            if try variable.string("name") == OurName.settings { hasOurSettings = true }
            position += 1
        }
    }

    private mutating func readCommand(_ container: PodObject) throws(PodError) {
        guard let words = try container.array("command") else { return }
        var isEmpty = true
        let place = container.place
        try words.forEach { (word) throws(PodError) in
            guard word.kind == .string else { throw place.error("command", "holds what is not a string") }
            isEmpty = false
        }
        if !isEmpty { command = words }
    }
}
