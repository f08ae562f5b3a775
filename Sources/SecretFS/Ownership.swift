/// Who may read what is published (contract, section 3).
///
///     Ownership(user: 65534, group: 64535, fileMode: 0o640).directoryMode  // 0o750
package struct Ownership: Equatable, Sendable {
    /// The uid that owns files and directories; `nil`: whichever they get, and any will do.
    package var user: UInt32?
    /// Likewise the gid.
    package var group: UInt32?
    /// Permission bits of each file.
    package var fileMode: UInt32

    package init(user: UInt32? = nil, group: UInt32? = nil, fileMode: UInt32 = 0o600) {
        self.user = user
        self.group = group
        self.fileMode = fileMode
    }

    /// Execute and read where the file mode has read. The owner may always enter and change it: that is
    /// how the agent, which runs as the owner, publishes.
    package var directoryMode: UInt32 {
        let read = fileMode & 0o044
        return 0o700 | read | read >> 2
    }

    /// Whether a file or directory with `mode` is as this wants it.
    func matches(_ status: FileStatus, mode: UInt32) -> Bool {
        status.mode == mode && status.user == user ?? status.user && status.group == group ?? status.group
    }
}
