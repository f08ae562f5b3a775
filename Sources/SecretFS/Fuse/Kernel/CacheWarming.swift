import CLinux
import Glibc

/// Reads new versions through the mount before any reader can: then the kernel has them in its cache, and
/// neither a rotation nor the death of the server makes anybody wait, or lose what was opened but not read.
struct CacheWarming {
    private static let patience: Duration = .seconds(2)

    let mountPoint: String
    let helpers: Helpers

    /// Best effort: what cannot be read here (the mount does not reach us) is read by others when they
    /// come.
    func warm(_ inodes: [Inode]) {
        let names = inodes.filter { $0.size > 0 }.map { strdup(VersionName.name(of: $0.number)) }
        defer { for name in names { free(name) } }
        let given = names.compactMap { $0.map { UnsafePointer($0) } }
        guard !given.isEmpty else { return }
        let reader = klinux_fork_reader(mountPoint, given, given.count)
        guard reader > 0 else { return }
        helpers.wait(for: reader, patience: CacheWarming.patience)
    }
}

extension FuseTree {
    /// The files, each once, that another tree has not.
    func files(notIn other: FuseTree?) -> [Inode] {
        var seen: Set<UInt64> = []
        other?.forEachInode { seen.insert($0.number) }
        var files: [Inode] = []
        forEachInode { inode in
            if inode.listing == nil, seen.insert(inode.number).inserted { files.append(inode) }
        }
        return files
    }
}
