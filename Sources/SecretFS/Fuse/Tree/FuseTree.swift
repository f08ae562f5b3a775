import Glibc
import KeeperCrypto
import SecretMemory

/// All that the mount shows at one moment: a tree of inodes.
struct FuseTree: Sendable {
    let root: Inode
    /// Every file and directory, by its path below the mount; `..data` and what is below it too.
    let versions: [String: FuseVersion]

    /// Names at the top, `..data` among them.
    var names: Set<String> { Set(root.listing?.entries.lazy.map(\.name) ?? []) }

    /// Calls `body` with each inode once or, where it has two names, twice.
    func forEachInode(_ body: (Inode) -> Void) { FuseTree.walk(root, body) }

    /// The directories below the root that another tree has not.
    func directories(notIn other: FuseTree) -> [Inode] {
        var theirs: Set<UInt64> = []
        other.forEachInode { theirs.insert($0.number) }
        var directories: [Inode] = []
        forEachInode { inode in
            if inode.listing != nil, inode.number != root.number, !theirs.contains(inode.number) {
                directories.append(inode)
            }
        }
        return directories
    }

    private static func walk(_ inode: Inode, _ body: (Inode) -> Void) {
        body(inode)
        for entry in inode.listing?.entries ?? [] { walk(entry.inode, body) }
    }
}

/// What tells one version of a path from the next: it outlives the server, in `SessionState`.
struct FuseVersion: Equatable, Sendable {
    /// Keyed digest of content, owner and mode.
    let digest: UInt64
    /// Nanoseconds since 1970 when it appeared.
    let time: Int64
}

/// Makes the tree of a generation; what did not change keeps its inode.
struct FuseTreeBuilder {
    let key: VersionKey
    let ownership: Ownership
    /// Versions known from before, of this process or an earlier one.
    let known: (String) -> [FuseVersion]
    let now: Int64
    private var versions: [String: FuseVersion] = [:]
    private var files: [String: Inode] = [:]

    init(key: VersionKey, ownership: Ownership, now: Int64, known: @escaping (String) -> [FuseVersion]) {
        self.key = key
        self.ownership = ownership
        self.known = known
        self.now = now
    }

    /// - Parameter tree: the files as they are to lie at the top.
    /// - Parameter others: directories beside them, by a name that no file can have.
    mutating func build(_ tree: Tree, others: [String: Tree]) throws(CryptoError) -> FuseTree {
        var top = try children(of: tree, at: "", realPrefix: "")
        for (name, other) in others {
            top[name] = try directory(other, at: name, realPrefix: name + "/")
        }
        // The kernel allows a directory one name only: below `..data` files are the same inodes as at
        // the top, directories are others.
        top[FuseTree.current] = try directory(tree, at: FuseTree.current, realPrefix: "")
        let root = try inode(ofDirectory: top, at: "")
        return FuseTree(root: root, versions: versions)
    }

    private mutating func children(
        of tree: Tree, at prefix: String, realPrefix: String
    ) throws(CryptoError) -> [String: Inode] {
        var children: [String: Inode] = [:]
        for (name, file) in tree.files {
            children[name] = try inode(of: file, at: prefix + name, realPath: realPrefix + name)
        }
        for (name, subtree) in tree.directories {
            children[name] = try directory(
                subtree, at: prefix + name, realPrefix: realPrefix + name + "/")
        }
        return children
    }

    private mutating func directory(
        _ tree: Tree, at path: String, realPrefix: String
    ) throws(CryptoError) -> Inode {
        let children = try children(of: tree, at: path + "/", realPrefix: realPrefix)
        return try inode(ofDirectory: children, at: path + "/")
    }

    private mutating func inode(
        of file: GenerationFile, at path: String, realPath: String
    ) throws(CryptoError) -> Inode {
        if let same = files[realPath] { return same }
        let content = try key.digest(of: file.content)
        let version = version(
            of: realPath,
            digest: try key.digest(
                "file", [content, UInt64(file.content.count)] + owner(mode: ownership.mode(of: file))))
        let isTwice = !realPath.hasPrefix(FuseTree.current)
        let inode = Inode(
            number: try key.number(of: realPath, version), content: .file(file.content),
            mode: ownership.mode(of: file), user: user, group: group, time: version.time,
            linkCount: isTwice ? 2 : 1)
        files[realPath] = inode
        return inode
    }

    private mutating func inode(
        ofDirectory children: [String: Inode], at path: String
    ) throws(CryptoError) -> Inode {
        var parts = owner(mode: ownership.directoryMode)
        for (name, child) in children.sorted(by: { $0.key < $1.key }) {
            parts.append(try key.digest(name, []))
            parts.append(child.number)
        }
        let version = version(of: path, digest: try key.digest("directory", parts))
        let subdirectories = children.values.count { $0.listing != nil }
        return Inode(
            number: try key.number(of: path, version), content: .directory(DirectoryListing(children)),
            mode: ownership.directoryMode, user: user, group: group, time: version.time,
            linkCount: UInt32(2 + subdirectories))
    }

    private mutating func version(of path: String, digest: UInt64) -> FuseVersion {
        let version =
            known(path).first { $0.digest == digest } ?? FuseVersion(digest: digest, time: now)
        versions[path] = version
        return version
    }

    private var user: UInt32 { ownership.user ?? geteuid() }
    private var group: UInt32 { ownership.group ?? getegid() }
    private func owner(mode: UInt32) -> [UInt64] { [UInt64(user), UInt64(group), UInt64(mode)] }
}

extension FuseTree {
    /// The directory at the top that stands for the current generation.
    static let current = GenerationName.current

    /// What changed for readers, as the paths below the mount that are no directories and not in `..data`.
    func changes(
        since old: [String: FuseVersion]
    ) -> (added: [String], changed: [String], removed: [String]) {
        let isFile = { (path: String) in !path.hasSuffix("/") && !path.isEmpty }
        let mine = versions.filter { isFile($0.key) }
        let theirs = old.filter { isFile($0.key) }
        return (
            mine.keys.filter { theirs[$0] == nil }.sorted(),
            mine.filter { theirs[$0.key] != nil && theirs[$0.key] != $0.value }.map(\.key).sorted(),
            theirs.keys.filter { mine[$0] == nil }.sorted()
        )
    }
}
