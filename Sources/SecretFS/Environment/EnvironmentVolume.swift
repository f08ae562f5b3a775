import Glibc
package import Plan
package import SecretMemory

/// Where the launcher and the environment files of containers lie (contract, section 6): on the volume
/// `keeper-run`, of which each app container mounts the launcher and its own sub-directory, and no other.
///
///     keeper-run/launcher/keeper-injector-exec
///     keeper-run/env/NAME/environment
///
/// Used by one thread at a time.
package struct EnvironmentVolume: Sendable {
    /// `keeper-run` as it is mounted for the agent; symbolic links in its path are followed.
    private let root: String
    private let containers: [String]
    private let ownership: Ownership

    /// Names on the volume, which the webhook's mounts use too.
    package static let launcherDirectory = "launcher"
    package static let launcher = "keeper-injector-exec"
    package static let environmentDirectory = "env"
    package static let environment = "environment"

    /// - Parameters:
    ///   - root: a directory; made when it is missing.
    ///   - containers: names of containers that get the variables.
    ///   - ownership: who may read them.
    package init(root: String, containers: [String], ownership: Ownership) {
        self.root = root
        self.containers = containers
        self.ownership = ownership
    }

    /// The environment file of a container, as the agent sees it.
    package func file(of container: String) -> String {
        directory(of: container).location + "/" + Self.environment
    }

    /// Puts the launcher there, executable for everybody, unless it is there already.
    ///
    /// - Parameter source: the path of the executable.
    package func install(_ source: String) throws(PublishError) {
        let place = PublishedDirectory(
            mountPath: .defaultSecretsPath, root: root, below: [Self.launcherDirectory])
        let program: Descriptor
        do throws(SystemError) {
            program = try Descriptor.trustedFile(source)
        } catch {
            throw .launcher(path: source, cause: error)
        }
        // The app's uid is anybody's: what it may read of a program is no secret.
        let everybody = Ownership(user: ownership.user, fileMode: 0o555)
        do throws(SystemError) {
            let directory = try place.openOrMake(everybody)
            try directory.adopt(everybody)
            if let there = try unless(
                ENOENT, ELOOP,
                body: { () throws(SystemError) in
                    try directory.open(Self.launcher, for: .read)
                }), try there.isCopy(of: program, mode: everybody.fileMode)
            {
                return
            }
            try directory.replace(Self.launcher, everybody) { (file) throws(SystemError) in
                try file.copy(program)
            }
        } catch {
            throw PublishError(error, in: place, ownership: everybody)
        }
    }

    /// Writes every container's file, where it is not the same already.
    ///
    /// Each appears as a whole; a launcher that has the old one open keeps it.
    /// - Returns: the containers whose file is another than before.
    package func publish(_ content: SecretBytes) throws(PublishError) -> [String] {
        var changed: [String] = []
        for container in containers {
            let place = directory(of: container)
            do throws(SystemError) {
                let directory = try place.openOrMake(ownership)
                try directory.adopt(ownership)
                if let there = try? directory.open(Self.environment, for: .read),
                    let status = try? there.status(),
                    ownership.matches(status, mode: ownership.fileMode), status.size == content.count,
                    let known = try? directory.content(at: [Self.environment]),
                    known.hasSameBytes(as: content)
                {
                    continue
                }
                try directory.replace(Self.environment, ownership) { (file) throws(SystemError) in
                    try content.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
                }
                changed.append(container)
            } catch {
                throw PublishError(error, in: place, ownership: ownership)
            }
        }
        return changed
    }

    /// Whether every container has a file, be it an earlier process's.
    package var isPublished: Bool {
        containers.allSatisfy { container in
            guard let directory = try? directory(of: container).open() else { return false }
            return (try? directory.status(of: Self.environment))??.kind == .file
        }
    }

    /// Removes and wipes every container's file: what is in it is too old to serve.
    package func remove() {
        for container in containers {
            guard let directory = try? directory(of: container).open() else { continue }
            directory.dispose(of: Self.environment)
        }
    }

    private func directory(of container: String) -> PublishedDirectory {
        PublishedDirectory(
            mountPath: .defaultSecretsPath, root: root, below: [Self.environmentDirectory, container])
    }
}

extension Descriptor {
    /// Puts a new file in the place of `name`. The old one is overwritten with zeros, unless somebody has it
    /// open.
    fileprivate func replace(
        _ name: String, _ ownership: Ownership, write: (Descriptor) throws(SystemError) -> Void
    ) throws(SystemError) {
        let (next, last) = ("..next-" + name, "..last-" + name)
        // What a killed process left.
        dispose(of: next)
        dispose(of: last)
        do throws(SystemError) {
            let file = try open(next, for: .create)
            try file.setOwner(user: ownership.user, group: ownership.group)
            try write(file)
            try file.setMode(ownership.fileMode)
            // A second name, so that the old content can be found and wiped once the first is the new file's.
            _ = try unless(ENOENT) { () throws(SystemError) in try makeHardLink(last, to: name) }
            try rename(next, to: name)
        } catch {
            dispose(of: next)
            try? removeFile(last)
            throw error
        }
        dispose(of: last)
    }

    fileprivate func copy(_ source: Descriptor) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        try source.rewind()
        while true {
            let count = try source.read(into: buffer)
            guard count > 0 else { return }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    fileprivate func isCopy(of source: Descriptor, mode: UInt32) throws(SystemError) -> Bool {
        let (mine, theirs) = (try status(), try source.status())
        guard mine.kind == .file, mine.mode == mode, mine.size == theirs.size else { return false }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        let ours = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(64 * 1024)])
        let other = UnsafeMutableRawBufferPointer(rebasing: buffer[(64 * 1024)...])
        try rewind()
        try source.rewind()
        while true {
            // Regular files: a read gives all that was asked for, save at the end.
            let count = try read(into: ours)
            guard try source.read(into: other) == count else { return false }
            guard count > 0 else { return true }
            guard let one = ours.baseAddress, let two = other.baseAddress, memcmp(one, two, count) == 0 else {
                return false
            }
        }
    }
}
