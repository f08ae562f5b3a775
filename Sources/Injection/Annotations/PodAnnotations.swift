import Plan

/// What the annotations say about the pod itself.
extension KnownAnnotation {
    static let podRows =
        [
            KnownAnnotation("containers") { annotation, draft throws(Mistake) in
                draft.settings.containers = try annotation.containerNames()
            },
            KnownAnnotation("run-as-user") { annotation, draft throws(Mistake) in
                draft.settings.runAsUser = try annotation.identity("uid", example: "1000")
            },
            KnownAnnotation("run-as-group") { annotation, draft throws(Mistake) in
                draft.settings.runAsGroup = try annotation.identity("gid", example: "1000")
            },
            KnownAnnotation("file-mode") { annotation, draft throws(Mistake) in
                draft.settings.fileMode = try annotation.fileMode()
            },
            KnownAnnotation("mount-style") { annotation, draft throws(Mistake) in
                let word = try annotation.word(among: PodSettings.MountStyle.allCases.map(\.rawValue))
                draft.settings.mountStyle = PodSettings.MountStyle(rawValue: word) ?? .directory
                draft.given["mount-style"] = annotation
            },
            KnownAnnotation("tmpfs-size") { annotation, draft throws(Mistake) in
                draft.settings.tmpfsSize = try annotation.quantity(example: "16Mi")
            },
        ] + resourceRows

    private static let resourceRows = [
        resource("sidecar-cpu-request", \.cpuRequest, example: "10m"),
        resource("sidecar-cpu-limit", \.cpuLimit, example: "100m"),
        resource("sidecar-memory-request", \.memoryRequest, example: "24Mi"),
        resource("sidecar-memory-limit", \.memoryLimit, example: "64Mi"),
    ]

    private static func resource(
        _ name: String, _ place: any WritableKeyPath<ContainerResources, String?> & Sendable, example: String
    ) -> KnownAnnotation {
        KnownAnnotation(name) { annotation, draft throws(Mistake) in
            draft.settings.resources[keyPath: place] = try annotation.quantity(example: example)
            draft.given[name] = annotation
        }
    }
}

extension Draft {
    /// A limit below its request: the API server would refuse the pod, without naming the annotation.
    mutating func checkResources() {
        let resources = settings.resources
        for (name, request, limit) in [
            ("sidecar-cpu-limit", resources.cpuRequest, resources.cpuLimit),
            ("sidecar-memory-limit", resources.memoryRequest, resources.memoryLimit),
        ] {
            guard let request, let limit, let least = Quantity(request), let most = Quantity(limit),
                most.value < least.value
            else { continue }
            let annotation = given[name] ?? Annotation(name: Annotation.prefix + name, value: limit)
            report(annotation.mistake("is below the request, \(request)", expected: "at least \(request)"))
        }
    }
}

extension Annotation {
    /// A uid or gid other than root's.
    fileprivate func identity(_ what: String, example: String) throws(Mistake) -> UInt32 {
        let text = trimmed
        if text == "0" {
            throw mistake(
                "is root", expected: "a \(what) that is not 0, for the agent never runs as root",
                example: example)
        }
        return try number(in: 1...2_147_483_647, what: "a \(what) from 1 to 2147483647", example: example)
    }
}
