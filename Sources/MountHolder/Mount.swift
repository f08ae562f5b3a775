import CLinux
import Glibc

/// The mount: `/dev/fuse` opened and mounted on `..fuse`, as long as the process lives.
struct Mount {
    /// The session's descriptor, which servers get.
    let device: Int32
    /// Another reader of the same session, not blocking; its answers are its own.
    let reader: Int32
    let path: String

    /// Mounts, after a dead mount of an earlier holder is gone.
    ///
    /// Only the last name of the path can have been made by somebody else: it is opened without following
    /// a link, and mounted on by its descriptor.
    init(secretsPath: String) throws(HolderError) {
        let path = secretsPath + "/..fuse"
        while klinux_detach_mount(path) == 0 {}
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw .system("mkdir", path: path, errno) }
        let directory = klinux_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard directory >= 0 else { throw .system("open", path: path, errno) }
        defer { close(directory) }
        _ = fchmod(directory, 0o755)
        device = try Mount.openDevice()
        let options =
            "fd=\(device),rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
        guard klinux_mount_fuse("/proc/self/fd/\(directory)", options) == 0 else {
            throw .system("mount", path: path, errno)
        }
        self.path = path
        do throws(HolderError) {
            reader = try Mount.openDevice()
            guard klinux_clone_fuse_device(reader, device) == 0, klinux_set_nonblocking(reader) == 0 else {
                throw .system("ioctl FUSE_DEV_IOC_CLONE", path: "/dev/fuse", errno)
            }
        } catch {
            klinux_detach_mount(path)
            throw error
        }
    }

    /// umount2(2) with MNT_DETACH: gone at once, whoever has files open.
    func detach() { klinux_detach_mount(path) }

    private static func openDevice() throws(HolderError) -> Int32 {
        let device = klinux_openat(AT_FDCWD, "/dev/fuse", O_RDWR | O_CLOEXEC, 0)
        guard device >= 0 else { throw .system("open", path: "/dev/fuse", errno) }
        return device
    }
}
