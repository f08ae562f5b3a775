package import Plan

/// Where a FUSE mount is, and how the app's directories lead into it (contract, section 5).
package struct FuseLayout: Equatable, Sendable {
    /// A directory besides `secrets-path`, whose files lie in the mount below a name of their own.
    struct Other: Equatable, Sendable {
        let mountPath: AbsolutePath
        /// At the top of the mount: `..dir-0`.
        let name: String
        /// The directory of links that the app has mounted there.
        let links: PublishedDirectory
    }

    /// The mount point's name below the directory of links.
    package static let name = "..fuse"

    /// Where the app sees the files of the top level.
    let secretsPath: AbsolutePath
    /// The directory that is mounted on.
    package let mountPoint: String
    /// The directory with the links of the top level; `nil` where the app looks into the mount itself.
    let links: PublishedDirectory?
    let others: [Other]
    /// The mount point by the name that links of other directories use.
    let absoluteMountPoint: String

    /// The mount alone, with no links beside it: `keeper-injector mount`.
    package init(secretsPath: AbsolutePath, mountPoint: String) {
        self.secretsPath = secretsPath
        self.mountPoint = mountPoint
        links = nil
        others = []
        absoluteMountPoint = mountPoint
    }

    /// A mount below the directory of links.
    ///
    /// - Parameters:
    ///   - links: of `secrets-path`; the mount point is `..fuse` in it.
    ///   - seenAt: the path of `links` as the app sees it, absolute.
    ///   - others: the other directories by their position in the plan.
    package init(links: PublishedDirectory, seenAt: String, others: [(position: Int, PublishedDirectory)]) {
        secretsPath = links.mountPath
        mountPoint = links.location + "/" + FuseLayout.name
        self.links = links
        self.others = others.map { position, directory in
            Other(mountPath: directory.mountPath, name: "..dir-\(position)", links: directory)
        }
        absoluteMountPoint = seenAt + "/" + FuseLayout.name
    }

    /// The app's directories, `secrets-path` last.
    var mountPaths: [AbsolutePath] { others.map(\.mountPath) + [secretsPath] }

    /// The path that the app sees, of one below the mount.
    func visiblePath(of path: String) -> AbsolutePath? {
        for other in others where path.hasPrefix(other.name + "/") {
            return try? other.mountPath.appending(String(path.dropFirst(other.name.utf8.count + 1)))
        }
        return try? secretsPath.appending(path)
    }

    /// Every directory of links, with the names it needs for `trees`, which are in the order of
    /// `mountPaths`.
    func linkDirectories(for trees: [Tree]) -> [(LinkDirectory, names: Set<String>, current: String?)] {
        var all: [(LinkDirectory, names: Set<String>, current: String?)] = []
        for (other, tree) in zip(others, trees) {
            all.append(
                (
                    LinkDirectory(directory: other.links, target: absoluteMountPoint + "/" + other.name),
                    tree.names, nil
                ))
        }
        if let links, let tree = trees.last {
            all.append(
                (LinkDirectory(directory: links, target: FuseLayout.name), tree.names, FuseTree.current))
        }
        return all
    }
}
