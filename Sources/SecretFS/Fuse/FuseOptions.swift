/// How a FUSE mount behaves; the same for every server of one mount, since the kernel is told once.
package struct FuseOptions: Equatable, Sendable {
    /// Each open(2) is answered by the server and logged: slower, and somebody knows.
    package var audit = false
    /// The kernel keeps no page of a value: each read(2) is answered by the server.
    package var directIO = false
    /// Bytes of values at most; more is refused, and readers keep what they have.
    package var memoryLimit = 64 * 1024 * 1024

    package init(audit: Bool = false, directIO: Bool = false, memoryLimit: Int = 64 * 1024 * 1024) {
        self.audit = audit
        self.directIO = directIO
        self.memoryLimit = memoryLimit
    }

    /// Whether the server wants to hear of opens at all.
    var answersOpen: Bool { audit || directIO }
}

/// One open(2) of a file, for the audit log. Never content.
package struct FuseOpen: Equatable, Sendable {
    /// Of the process that opened it.
    package let user: UInt32
    /// Its number as the mount's owner sees it; 0 when it is in a pid namespace that cannot be seen.
    package let process: Int32
    /// The path below the mount.
    package let name: String
    /// Inode number: the version that was opened.
    package let version: UInt64
}
