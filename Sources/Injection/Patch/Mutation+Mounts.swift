import Plan

/// What is mounted where (contract, sections 4 to 6).
extension Mutation {
    /// Of a user's container.
    func mounts(for container: PodContainer) -> [Mount] {
        var mounts: [Mount] = []
        let isTarget = targets.contains { $0.name == container.name }
        if isTarget, writesFiles {
            for (position, directory) in plan.directories.enumerated() {
                mounts += directoryMounts(directory, position)
            }
        }
        if isTarget, setsEnvironment {
            // The names the agent gives them: `EnvironmentVolume`. It makes them before any of the user's
            // containers starts: what is missing then kubelet would make, as root's.
            mounts.append(Mount(volume: OurName.runVolume, path: "/keeper/launcher", subPath: "launcher"))
            mounts.append(
                Mount(volume: OurName.runVolume, path: "/keeper/env", subPath: "env/" + container.name))
        }
        if signalled.contains(where: { $0.name == container.name }) {
            mounts.append(
                Mount(
                    volume: OurName.runVolume, path: Plan.signalMarkPath,
                    subPath: Plan.signalMarks + "/" + container.name))
        }
        return mounts
    }

    /// The user's containers that get any mount.
    var mounting: [PodContainer] {
        targets + signalled.filter { container in !targets.contains { $0.name == container.name } }
    }

    /// The containers whose main process gets the signal: those of `signal-containers`, or all that mount
    /// the secrets. Their mark, an empty directory, tells the agent which processes are theirs.
    var signalled: [PodContainer] {
        guard plan.notification.signal != nil, needsSidecar else { return [] }
        let names = plan.notification.containers
        return names.isEmpty
            ? targets.filter { !$0.isInit } : spec.allContainers.filter { names.contains($0.name) }
    }

    private func directoryMounts(_ directory: AbsolutePath, _ position: Int) -> [Mount] {
        let path = directory.description
        if usesFUSE {
            return directory == plan.secretsPath
                ? [Mount(volume: OurName.secretsVolume, path: path, propagation: "HostToContainer")]
                : [Mount(volume: OurName.runVolume, path: path, subPath: "dirs/\(position)")]
        }
        // The names the agent gives them: `Plan.directories(onVolume:)`.
        let name = directory == plan.secretsPath ? "secrets" : "dir-\(position)"
        let whole = [Mount(volume: OurName.secretsVolume, path: path, subPath: name)]
        guard settings.mountStyle == .file, directory != plan.secretsPath else { return whole }
        let files = plan.selections.compactMap { selection -> Mount? in
            guard case .path(let file) = selection.output, let inner = file.relative(to: directory) else {
                return nil
            }
            return Mount(
                volume: OurName.secretsVolume, path: file.description, subPath: name + "/" + inner)
        }
        // Names that are known only at run time need the directory.
        return files.isEmpty ? whole : files
    }

    /// Of the agent's containers.
    var agentMounts: [Mount] {
        var mounts: [Mount] = []
        if usesFUSE {
            mounts.append(
                Mount(
                    volume: OurName.secretsVolume, path: plan.secretsPath.description, isReadOnly: false,
                    propagation: "HostToContainer"))
        } else if writesFiles {
            mounts.append(Mount(volume: OurName.secretsVolume, path: "/keeper/volume", isReadOnly: false))
        }
        mounts.append(Mount(volume: OurName.runVolume, path: "/keeper/run", isReadOnly: false))
        if configurationSecret != nil {
            mounts.append(Mount(volume: OurName.configurationVolume, path: "/keeper/auth"))
        }
        if settings.certificateAuthority != nil {
            mounts.append(Mount(volume: OurName.certificateVolume, path: "/keeper/ca"))
        }
        return mounts + tokenShield
    }

    /// Of the holder of the FUSE mount.
    var holderMounts: [Mount] {
        [
            Mount(
                volume: OurName.secretsVolume, path: plan.secretsPath.description, isReadOnly: false,
                propagation: "Bidirectional"),
            Mount(volume: OurName.runVolume, path: "/keeper/run", isReadOnly: false),
        ] + tokenShield
    }

    /// The ServiceAccount admission plugin runs again after a webhook changed a pod, and mounts the token
    /// into each container that has nothing at this path: an empty directory keeps it from ours. Cloud
    /// authentication is what needs the token.
    private var tokenShield: [Mount] {
        guard configurationSecret != nil else { return [] }
        return [
            Mount(
                volume: OurName.runVolume, path: "/var/run/secrets/kubernetes.io/serviceaccount",
                subPath: "no-token")
        ]
    }

    /// The name of the Secret with the KSM configuration; `nil` with cloud authentication.
    var configurationSecret: String? {
        if case .secret(let name) = plan.configuration { name } else { nil }
    }
}
