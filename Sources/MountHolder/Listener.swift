import CLinux
import Glibc

/// The socket on which a server attaches, in a directory that only the agent may enter.
struct Listener {
    let descriptor: Int32
    private let agentUser: UInt32
    let path: String

    init(runPath: String, agentUser: UInt32) throws(HolderError) {
        self.agentUser = agentUser
        let directory = runPath + "/fuse"
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw .system("mkdir", path: directory, errno) }
        let opened = klinux_openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard opened >= 0 else { throw .system("open", path: directory, errno) }
        defer { close(opened) }
        guard fchown(opened, agentUser, .max) == 0, fchmod(opened, 0o700) == 0 else {
            throw .system("chown", path: directory, errno)
        }
        path = directory + "/attach.sock"
        unlink(path)
        descriptor = klinux_packet_socket()
        guard descriptor >= 0, klinux_set_nonblocking(descriptor) == 0 else {
            throw .system("socket", path: path, errno)
        }
        // Nobody can be connected before the owner is set: listen comes after.
        guard klinux_bind_unix(descriptor, path) == 0, chmod(path, 0o600) == 0,
            lchown(path, agentUser, .max) == 0,
            listen(descriptor, 4) == 0
        else { throw .system("bind", path: path, errno) }
    }

    enum Visitor {
        case agent(Int32)
        /// Somebody else: sent away.
        case stranger(UInt32)
    }

    func accept() -> Visitor? {
        let connection = klinux_accept(descriptor)
        guard connection >= 0 else { return nil }
        var user: uid_t = .max
        guard klinux_peer_user(connection, &user) == 0, user == agentUser else {
            close(connection)
            return .stranger(user)
        }
        return .agent(connection)
    }
}
