/// Who may read what is published (contract, section 3).
///
///     Ownership(user: 65534, group: 64535, fileMode: 0o640).directoryMode  // 0o750
package struct Ownership: Equatable, Sendable {
    /// The uid that owns files and directories; `nil`: whichever they get, and any will do.
    package var user: UInt32?
    /// Likewise the gid.
    package var group: UInt32?
    /// Permission bits of each file that has none of its own.
    package var fileMode: UInt32
    /// Permission bits of single files, all of them taken together.
    private var ownModes: UInt32 = 0

    package init(user: UInt32? = nil, group: UInt32? = nil, fileMode: UInt32 = 0o600) {
        self.user = user
        self.group = group
        self.fileMode = fileMode
    }

    /// The same, where some files have modes of their own.
    package func covering(_ modes: [UInt32]) -> Ownership {
        var ownership = self
        ownership.ownModes = modes.reduce(ownModes, |)
        return ownership
    }

    func mode(of file: GenerationFile) -> UInt32 { file.mode ?? fileMode }

    /// Execute and read where a file's mode has read. The owner may always enter and change it: that is
    /// how the agent, which runs as the owner, publishes.
    package var directoryMode: UInt32 {
        let read = (fileMode | ownModes) & 0o044
        return 0o700 | read | read >> 2
    }

    /// Whether a file or directory with `mode` is as this wants it.
    func matches(_ status: FileStatus, mode: UInt32) -> Bool {
        status.mode == mode && status.user == user ?? status.user && status.group == group ?? status.group
    }
}
