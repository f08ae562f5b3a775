import Glibc
import Plan

/// A directory that the app has mounted, in which each name of the top level is a symbolic link into the
/// mount (contract, section 5): so a mount that came later is seen in containers that run already.
struct LinkDirectory {
    let directory: PublishedDirectory
    /// What the links begin with: `..fuse` beside them, or an absolute path.
    let target: String

    private static let temporary = "..data_tmp"

    /// Makes links for `names` and takes away those of ours for others. With `announces` the link
    /// `..data` is made anew by rename(2), which is the event that programs wait for who watch a
    /// directory as kubelet's atomic writer leaves it (inotify(7), IN_MOVED_TO).
    ///
    /// - Parameter current: where `..data` points, below `target`; `nil` where `target` itself is that.
    func update(
        names: Set<String>, current: String?, announces: Bool, ownership: Ownership
    ) throws(PublishError) {
        var occupied: String?
        do throws(SystemError) {
            let directory = try directory.openOrMake(ownership)
            for name in try directory.names() where !names.contains(name) {
                guard name != GenerationName.current, try isOurs(name, in: directory) else { continue }
                try directory.removeFile(name)
            }
            for name in names.sorted() {
                let wanted = target + "/" + name
                if try directory.target(of: name) == wanted { continue }
                guard try directory.status(of: name) == nil else {
                    occupied = name
                    break
                }
                try directory.makeLink(name, to: wanted)
            }
            if occupied == nil {
                let wanted = current.map { target + "/" + $0 } ?? target
                let present = try directory.target(of: GenerationName.current)
                if announces || present != wanted {
                    _ = try unless(ENOENT) { () throws(SystemError) in
                        try directory.removeFile(LinkDirectory.temporary)
                    }
                    try directory.makeLink(LinkDirectory.temporary, to: wanted)
                    try directory.rename(LinkDirectory.temporary, to: GenerationName.current)
                }
            }
        } catch {
            throw PublishError(error, in: directory, ownership: ownership)
        }
        if let occupied { throw .occupied(path: directory.location + "/" + occupied) }
    }

    /// Takes all links of ours away.
    func clear() {
        guard let directory = try? directory.open(), let names = try? directory.names() else { return }
        for name in names where (try? isOurs(name, in: directory)) == true {
            try? directory.removeFile(name)
        }
    }

    private func isOurs(_ name: String, in directory: Descriptor) throws(SystemError) -> Bool {
        guard let target = try directory.target(of: name) else { return false }
        return target == self.target + "/" + name || name == GenerationName.current
    }
}
