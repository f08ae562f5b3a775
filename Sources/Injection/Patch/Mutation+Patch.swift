import JSONText
import Plan

extension Mutation {
    /// The patch; `nil` where there is nothing to change.
    func patch() -> [UInt8]? {
        var patch = PatchWriter()
        for (key, value) in [
            ("injected", "true"), ("injector-version", policy.version), ("backend", plan.backend.rawValue),
        ] where !metadata.annotations.contains(Annotation(name: Annotation.prefix + key, value: value)) {
            patch.operation("add", "/metadata/annotations/keeper.security~1" + key) { $0.string(value) }
        }
        if needsContainers {
            appendVolumes(to: &patch)
            for container in mounting { appendMounts(of: container, to: &patch) }
            if setsEnvironment {
                for container in targets { appendLauncher(of: container, to: &patch) }
            }
            appendOurContainers(to: &patch)
            appendPodSettings(to: &patch)
        }
        return patch.isEmpty ? nil : patch.finish()
    }

    private func appendVolumes(to patch: inout PatchWriter) {
        let writers = volumeWriters
        if spec.hasVolumes {
            for write in writers { patch.operation("add", "/spec/volumes/-", value: write) }
        } else {
            patch.operation("add", "/spec/volumes") { json in Mutation.list(writers, to: &json) }
        }
    }

    private func appendMounts(of container: PodContainer, to patch: inout PatchWriter) {
        let path = Mutation.path(of: container) + "/volumeMounts"
        let mounts = mounts(for: container)
        guard !mounts.isEmpty else { return }
        if container.hasMounts {
            for mount in mounts { patch.operation("add", path + "/-") { mount.write(to: &$0) } }
        } else {
            patch.operation("add", path) { json in Mutation.list(mounts.map { $0.write(to:) }, to: &json) }
        }
    }

    /// The original words follow as they were written.
    private func appendLauncher(of container: PodContainer, to patch: inout PatchWriter) {
        guard let command = container.command else { return }
        patch.operation("replace", Mutation.path(of: container) + "/command") { json in
            json.raw("[\"/keeper/launcher/keeper-injector-exec\",\"/keeper/env/environment\",\"--\"")
            command.forEach { word in
                json.raw(",\"")
                json.raw(word.source)
                json.raw("\"")
            }
            json.raw("]")
        }
    }

    private func appendOurContainers(to patch: inout PatchWriter) {
        var first: [(inout JSONWriter) -> Void] = []
        if usesFUSE {
            first = [holder(to:), { sidecar(to: &$0, native: true) }]
        } else {
            first = [initContainer(to:)]
            if needsSidecar, policy.nativeSidecars { first.append { sidecar(to: &$0, native: true) } }
        }
        if spec.hasInitContainers {
            for (position, write) in first.enumerated() {
                patch.operation("add", "/spec/initContainers/\(position)", value: write)
            }
        } else {
            patch.operation("add", "/spec/initContainers") { json in Mutation.list(first, to: &json) }
        }
        if needsSidecar, !policy.nativeSidecars {
            patch.operation("add", "/spec/containers/-") { sidecar(to: &$0, native: false) }
        }
    }

    private func appendPodSettings(to patch: inout PatchWriter) {
        if rule == .supplementalGroup, spec.supplementalGroups?.contains(policy.secretsGroup) != true {
            if !spec.hasSecurityContext {
                patch.operation("add", "/spec/securityContext") { json in
                    json.raw("{\"supplementalGroups\":[")
                    json.integer(policy.secretsGroup)
                    json.raw("]}")
                }
            } else if spec.supplementalGroups == nil {
                patch.operation("add", "/spec/securityContext/supplementalGroups") { json in
                    json.raw("[")
                    json.integer(policy.secretsGroup)
                    json.raw("]")
                }
            } else {
                patch.operation("add", "/spec/securityContext/supplementalGroups/-") {
                    $0.integer(policy.secretsGroup)
                }
            }
        }
        // With hostPID Kubernetes refuses it, and the agent sees the processes anyway.
        if plan.notification.signal != nil, needsSidecar, !spec.hostPID, spec.sharesProcesses != true {
            patch.operation("add", "/spec/shareProcessNamespace") { $0.raw("true") }
        }
    }

    private static func path(of container: PodContainer) -> String {
        (container.isInit ? "/spec/initContainers/" : "/spec/containers/") + String(container.index)
    }

    static func list(_ writers: [(inout JSONWriter) -> Void], to json: inout JSONWriter) {
        json.raw("[")
        for write in writers {
            json.separate()
            write(&json)
        }
        json.raw("]")
    }
}
