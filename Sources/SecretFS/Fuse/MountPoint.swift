import CLinux
import Glibc

/// A directory to mount on.
struct MountPoint {
    static let type = "fuse.keeper-injector"
    let path: String

    init(_ path: String) { self.path = path }

    /// Makes the directory when it is missing, and takes away a dead mount of ours.
    ///
    /// - Throws: `FuseError.occupied` when it holds something.
    func prepare() throws(FuseError) {
        if mkdir(path, 0o755) != 0, errno != EEXIST, errno != ENOTCONN {
            throw .system("mkdir", errno)
        }
        // Not stat(2), which the kernel would answer from its cache even for the dead.
        var status = statvfs()
        if statvfs(path, &status) != 0 {
            guard errno == ENOTCONN || errno == ECONNABORTED, isOurs else { throw .system("statvfs", errno) }
            detach()
        } else if isOurs {
            throw .mounted(path)
        }
        guard let directory = opendir(path) else { throw .system("opendir", errno) }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name == "." || name == ".." else { throw .occupied(path) }
        }
    }

    /// Whether a mount of ours lies on it (proc(5), mountinfo: the fifth field is the mount point, the
    /// first after `-` the type).
    private var isOurs: Bool {
        guard let absolute = realpath(path, nil) ?? strdup(path) else { return false }
        defer { free(absolute) }
        let wanted = String(cString: absolute)
        guard let file = fopen("/proc/self/mountinfo", "re") else { return false }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var type: Substring?
        while getline(&line, &capacity, file) > 0, let text = line {
            let fields = String(cString: text).split(separator: " ")
            guard fields.count > 6, MountPoint.unescape(fields[4]) == wanted,
                let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
            else { continue }
            // The last one lies on top.
            type = fields[dash + 1]
        }
        return type.map(String.init) == MountPoint.type
    }

    private static func unescape(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = field.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3).map { Int($0) - 48 }
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0..<8).contains($0) }) {
                bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + $1 }))
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func detach() {
        if klinux_detach_mount(path) == 0 { return }
        // Not root: the set-uid helper of the package fuse3 does it.
        var process = pid_t()
        let arguments: [UnsafeMutablePointer<CChar>?] =
            ["fusermount3", "-u", "-z", "--", path].map { (text: String) in strdup(text) } + [nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawnp(&process, "fusermount3", nil, nil, arguments, environ) == 0 else { return }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}
