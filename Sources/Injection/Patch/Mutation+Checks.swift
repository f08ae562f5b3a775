import Plan

/// What forbids the injection; all of it is told at once.
extension Mutation {
    private mutating func refuse(
        _ annotation: String, _ value: String? = nil, _ problem: String, expected: String
    ) {
        mistakes.append(
            Mistake(
                annotation: Annotation.prefix + annotation, value: value, problem: problem, expected: expected
            ))
    }

    mutating func checkNames() {
        guard needsContainers else { return }
        for container in spec.allContainers where OurName.containers.contains(container.name) {
            refuse(
                "inject", nil,
                "the pod has a container \(quoted(container.name)), which the injector's own is called",
                expected: "another name for the pod's container")
        }
        for volume in spec.volumeNames where OurName.volumes.contains(volume) {
            refuse(
                "inject", nil, "the pod has a volume \(quoted(volume)), which the injector's own is called",
                expected: "another name for the pod's volume")
        }
    }

    mutating func checkPolicy() {
        if usesFUSE {
            if !policy.fuseNamespaces.contains(namespace) {
                refuse(
                    "backend", "fuse", "is not allowed in namespace \(quoted(namespace))",
                    expected: "\"tmpfs\"; or the cluster's administrator allows it (--fuse-namespaces)")
            } else if policy.fuseTransport == .csi {
                refuse(
                    "backend", "fuse", "is not available with --fuse-transport csi in this version",
                    expected: "\"tmpfs\"; or the cluster's administrator sets --fuse-transport holder")
            }
            if !policy.nativeSidecars {
                refuse(
                    "backend", "fuse", "needs native sidecars, which this cluster does not have",
                    expected: "\"tmpfs\"; or Kubernetes 1.29 or newer and --native-sidecars true")
            }
        }
        let wanted =
            plan.selections.compactMap { selection in
                selection.kubernetesSecret.map { (selection.origin, $0) }
            }
            + plan.folders.compactMap { folder in folder.kubernetesSecret.map { (folder.origin, $0) } }
        for (origin, secret) in wanted { checkSecret(secret, origin: origin) }
    }

    private mutating func checkSecret(_ secret: KubernetesSecret, origin: String) {
        let target = secret.namespace ?? namespace
        if target == namespace {
            guard !policy.kubernetesSecretNamespaces.contains(namespace) else { return }
            refuse(
                origin, nil, "Kubernetes Secrets are not allowed in namespace \(quoted(namespace))",
                expected: "files; or the cluster's administrator allows it (--kubernetes-secret-namespaces)")
        } else if !policy.kubernetesSecretPairs.contains(where: { $0.pod == namespace && $0.secret == target }
        ) {
            refuse(
                origin, nil,
                "pods of namespace \(quoted(namespace)) may not have Secrets in namespace \(quoted(target))",
                expected: "the pod's own namespace; or the cluster's administrator allows the pair "
                    + "(--kubernetes-secret-pairs)")
        }
    }

    /// Two mounts at one path: the API server would refuse the pod in words that help nobody.
    mutating func checkMounts() {
        for container in mounting {
            let taken = container.mountPaths.map(Mutation.normalized)
            let ours = mounts(for: container)
            for mount in ours where taken.contains(mount.path) {
                refuse(
                    annotation(of: mount), nil,
                    "container \(quoted(container.name)) has a mount of its own at \(quoted(mount.path))",
                    expected: "another directory for the secrets")
            }
            for mount in ours {
                guard let inner = taken.first(where: { $0.hasPrefix(mount.path + "/") }) else { continue }
                refuse(
                    annotation(of: mount), nil,
                    "container \(quoted(container.name)) has a mount of its own at \(quoted(inner)), for which "
                        + "there is no place in \(quoted(mount.path)): that is read-only",
                    expected: "another directory for the secrets, or for that mount")
            }
            checkNesting(of: ours)
        }
    }

    /// A mount within a read-only one has no place to be made at, and two cannot be at one.
    private mutating func checkNesting(of mounts: [Mount]) {
        for (index, outer) in mounts.enumerated() {
            let others = mounts.enumerated().filter { $0.offset != index }.map(\.element)
            for inner in others where inner.path == outer.path || inner.path.hasPrefix(outer.path + "/") {
                refuse(
                    annotation(of: outer), nil,
                    "the directory \(quoted(outer.path)) would hide \(quoted(inner.path)), which is the injector's",
                    expected: "another directory for the secrets, as \(AbsolutePath.defaultSecretsPath)")
                return
            }
        }
    }

    /// What a message about this mount has to name.
    private func annotation(of mount: Mount) -> String {
        mount.path == plan.secretsPath.description ? "secrets-path" : "inject"
    }

    mutating func checkSize() {
        guard planText.count > 96 * 1024 else { return }
        refuse(
            "config", nil, "all settings together take \(planText.count / 1024) KiB, more than 96 KiB",
            expected: "fewer selections, a folder instead of its records, or shorter templates")
    }

    /// Without `//` and a slash at the end.
    private static func normalized(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    mutating func warnAboutSignals() {
        guard let signal = plan.notification.signal else { return }
        let deaf = signalled.filter { ($0.runAsUser ?? spec.runAsUser) != agentUser }.map { quoted($0.name) }
        guard !deaf.isEmpty else { return }
        warnings.append(
            "\(Annotation.prefix)signal: \(signal) may not reach \(deaf.joined(separator: ", ")): the agent runs as "
                + "uid \(agentUser); run-as-user with the app's uid, or reload-url helps")
    }

    mutating func warnAboutSidecar() {
        guard needsSidecar, !policy.nativeSidecars,
            spec.restartPolicy == "Never" || spec.restartPolicy == "OnFailure"
        else { return }
        warnings.append(
            "the sidecar keeps the pod from completing on this cluster; \(Annotation.prefix)init-only: \"true\" helps"
        )
    }
}
