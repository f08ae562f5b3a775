import CLinux
import Glibc
import Synchronization

/// Reads new versions through the mount before any reader can: then the kernel has them in its cache, and
/// neither a rotation nor the death of the server makes anybody wait, or lose what was opened but not read.
///
/// It is a process of its own that reads. A server that waited for its own mount could not be killed: the
/// kernel waits for the answer to a request that was taken, and who took it would be dead.
final class CacheWarming: Sendable {
    private static let patience: Duration = .seconds(2)

    private let mountPoint: String
    /// Readers that were not waited for to the end.
    private let late = Mutex<[pid_t]>([])

    init(mountPoint: String) { self.mountPoint = mountPoint }

    /// Best effort: what cannot be read here (the mount does not reach us) is read by others when they
    /// come.
    func warm(_ inodes: [Inode]) {
        late.withLock { $0.removeAll { waitpid($0, nil, WNOHANG) != 0 } }
        let names = inodes.filter { $0.size > 0 }.map { strdup(VersionName.name(of: $0.number)) }
        defer { for name in names { free(name) } }
        let given = names.compactMap { $0.map { UnsafePointer($0) } }
        guard !given.isEmpty else { return }
        let reader = klinux_fork_reader(mountPoint, given, given.count)
        guard reader > 0 else { return }
        let end = monotonicTime() + CacheWarming.patience
        while waitpid(reader, nil, WNOHANG) == 0 {
            guard monotonicTime() < end else {
                kill(reader, SIGKILL)
                return late.withLock { $0.append(reader) }
            }
            usleep(200)
        }
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
