package import Plan
package import SecretFS
import Glibc

/// Where things are mounted in the agent's containers.
package enum AgentPaths {
    /// Root of the volume `keeper-secrets`.
    package static let volume = "/keeper/volume"
    /// Key `config` of the Secret in the volume `keeper-auth`.
    package static let configuration = "/keeper/auth/config"
    /// The CA bundle of `ca-cert-secret` or `ca-cert-configmap`.
    package static let certificateAuthority = "/keeper/ca/ca.crt"
    /// The socket on the volume `keeper-run`.
    private static let socket = "/keeper/run/agent.sock"

    /// The volume `keeper-run`.
    package static let run = "/keeper/run"
    /// Where the holder hands the FUSE mount over.
    package static let attachSocket = run + "/fuse/attach.sock"

    /// What init leaves for the sidecar.
    package static func handOver(root: String?) -> String { (root ?? run) + "/agent.handover" }

    /// Where launcher and environment files go: outside a pod where the app's containers would see them.
    package static func environment(root: String?) -> String { root.map { $0 + "/keeper" } ?? run }

    /// - Parameter root: the directory that stands for `/` outside a pod.
    package static func socket(root: String?) -> String { root.map { $0 + "/agent.sock" } ?? socket }
}

extension Plan {
    /// Each mounted directory is a sub-directory of the volume, which app containers mount by `subPath`
    /// (contract, section 4): `secrets` for `secrets-path`, `dir-0`, `dir-1`, … for the others.
    package func directories(onVolume volume: String) -> [PublishedDirectory] {
        directories.enumerated().map { position, path in
            PublishedDirectory(
                mountPath: path, root: volume, below: [path == secretsPath ? "secrets" : "dir-\(position)"])
        }
    }

    /// With FUSE the volume itself is mounted at `secrets-path`; other directories are those of the volume
    /// `keeper-run` that app containers mount by `subPath` (contract, section 5).
    package func fuseLayout(onVolumes run: String) -> FuseLayout {
        let path = secretsPath.description
        return FuseLayout(
            links: PublishedDirectory(mountPath: secretsPath, root: path, below: []), seenAt: path,
            others: directories.enumerated().filter { $0.element != secretsPath }.map { position, path in
                (
                    position,
                    PublishedDirectory(mountPath: path, root: run, below: ["dirs", "\(position)"])
                )
            })
    }

    /// Outside a pod, with a mount of our own.
    package func fuseLayout(below root: String) throws(AgentError) -> FuseLayout {
        let all = try directories(below: root)
        guard let absolute = realpath(root, nil) else { throw .root(root, errno) }
        defer { free(absolute) }
        let place = PublishedDirectory(
            mountPath: secretsPath, root: String(cString: absolute), below: secretsPath.components)
        return FuseLayout(
            links: place, seenAt: place.location,
            others: all.enumerated().filter { $0.element.mountPath != secretsPath }.map {
                ($0.offset, $0.element)
            })
    }

    /// Outside a pod a path `/path` is `root/path`. `root` is made when it is missing.
    package func directories(below root: String) throws(AgentError) -> [PublishedDirectory] {
        var prefix = root.hasPrefix("/") ? "" : "."
        for name in root.split(separator: "/") {
            prefix += "/" + name
            guard mkdir(prefix, 0o755) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
                throw .root(root, errno)
            }
        }
        var status = stat()
        guard stat(root, &status) == 0 else { throw .root(root, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .root(root, ENOTDIR) }
        return directories.map { PublishedDirectory(mountPath: $0, root: root, below: $0.components) }
    }
}
