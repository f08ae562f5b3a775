import CLinux
import Glibc
import SecretMemory

/// An open file or directory, closed with the last reference.
///
/// Every path below is one name, looked up in the directory this stands for, and a symbolic link is never
/// followed: what another process plants in a directory cannot lead a write elsewhere.
final class Descriptor {
    private let number: Int32

    /// What to open a name for; close-on-exec and "do not follow" are added to each.
    enum Access {
        case directory, read, readWrite
        /// A new file, for writing, mode 0600; EEXIST when there is anything of that name.
        case create

        fileprivate var flags: Int32 {
            switch self {
            case .directory: O_RDONLY | O_DIRECTORY
            // A pipe that somebody put there must not block us.
            case .read: O_RDONLY | O_NONBLOCK
            case .readWrite: O_RDWR | O_NONBLOCK
            case .create: O_WRONLY | O_CREAT | O_EXCL
            }
        }
    }

    private init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// open(2) of a directory that whoever started us named: symbolic links in it are theirs and followed.
    static func trustedDirectory(_ path: String) throws(SystemError) -> Descriptor {
        Descriptor(
            try retrying("open") { klinux_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) })
    }

    /// open(2) of a file that whoever started us named, for reading; symbolic links are followed.
    static func trustedFile(_ path: String) throws(SystemError) -> Descriptor {
        Descriptor(try retrying("open") { klinux_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) })
    }

    /// openat(2).
    func open(_ name: String, for access: Access) throws(SystemError) -> Descriptor {
        let flags = access.flags | O_NOFOLLOW | O_CLOEXEC
        return Descriptor(try retrying("openat") { klinux_openat(number, name, flags, 0o600) })
    }

    /// openat(2) of a directory below that whoever started us named: a symbolic link is followed.
    func openTrusted(_ name: String) throws(SystemError) -> Descriptor {
        Descriptor(
            try retrying("openat") { klinux_openat(number, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) })
    }

    /// mkdirat(2).
    func makeDirectory(_ name: String, mode: UInt32) throws(SystemError) {
        try retrying("mkdirat") { mkdirat(number, name, mode) }
    }

    /// symlinkat(2): `name` will point to `target`.
    func makeLink(_ name: String, to target: String) throws(SystemError) {
        try retrying("symlinkat") { symlinkat(target, number, name) }
    }

    /// linkat(2): another name for a file.
    func makeHardLink(_ name: String, to file: String) throws(SystemError) {
        try retrying("linkat") { linkat(number, file, number, name, 0) }
    }

    /// renameat(2) within this directory, replacing what `new` was.
    func rename(_ old: String, to new: String) throws(SystemError) {
        try retrying("renameat") { renameat(number, old, number, new) }
    }

    /// unlinkat(2).
    func removeFile(_ name: String) throws(SystemError) {
        try retrying("unlinkat") { unlinkat(number, name, 0) }
    }

    /// unlinkat(2) with AT_REMOVEDIR.
    func removeDirectory(_ name: String) throws(SystemError) {
        try retrying("unlinkat") { unlinkat(number, name, AT_REMOVEDIR) }
    }

    /// fstatat(2) of the name itself; `nil` when there is none.
    func status(of name: String) throws(SystemError) -> FileStatus? {
        var raw = stat()
        return try unless(ENOENT) { () throws(SystemError) in
            try retrying("fstatat") { fstatat(number, name, &raw, AT_SYMLINK_NOFOLLOW) }
            return FileStatus(raw)
        }
    }

    /// fstat(2).
    func status() throws(SystemError) -> FileStatus {
        var raw = stat()
        try retrying("fstat") { fstat(number, &raw) }
        return FileStatus(raw)
    }

    /// readlinkat(2): where a symbolic link points; `nil` when there is none of that name, or something else.
    func target(of name: String) throws(SystemError) -> String? {
        try unless(ENOENT, EINVAL) { () throws(SystemError) in
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = try retrying("readlinkat") { readlinkat(number, name, &buffer, buffer.count) }
            return String(decoding: buffer[..<count].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// The names in this directory but `.` and `..`, sorted: fdopendir(3), readdir(3).
    func names() throws(SystemError) -> [String] {
        // A description of its own, since reading moves the offset, and closedir closes it.
        let copy = try retrying("openat") {
            klinux_openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw SystemError(call: "fdopendir", code: code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError(call: "readdir", code: errno) }
                return names.sorted()
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// fchmod(2).
    func setMode(_ mode: UInt32) throws(SystemError) {
        try retrying("fchmod") { fchmod(number, mode) }
    }

    /// fchown(2); `nil` leaves as it is.
    func setOwner(user: UInt32?, group: UInt32?) throws(SystemError) {
        guard user != nil || group != nil else { return }
        try retrying("fchown") { fchown(number, user ?? .max, group ?? .max) }
    }

    /// write(2) until all is written.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = try retrying("write") { Glibc.write(number, part.baseAddress, part.count) }
            rest = rest.dropFirst(count)
        }
    }

    /// pwrite(2) until all is written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[written...])
            written += try retrying("pwrite") {
                pwrite(number, part.baseAddress, part.count, off_t(offset + written))
            }
        }
    }

    /// read(2): how many bytes came, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try retrying("read") { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// lseek(2) to the start.
    func rewind() throws(SystemError) {
        try retrying("lseek") { lseek(number, 0, SEEK_SET) }
    }

    /// The content of a file below this directory, given by its names.
    func content(at names: ArraySlice<String>) throws(SystemError) -> SecretBytes {
        guard let name = names.first else { throw SystemError(call: "openat", code: ENOENT) }
        guard names.count == 1 else { return try open(name, for: .directory).content(at: names.dropFirst()) }
        let file = try open(name, for: .read)
        let size = try file.status().size
        return try SecretBytes(capacity: size) { buffer throws(SystemError) in
            var count = 0
            while count < size {
                let more = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                guard more > 0 else { break }
                count += more
            }
            return count
        }
    }

    /// fcntl(2) F_SETLEASE: whether nobody else has the file open, and nobody can open it until this is
    /// closed.
    func leaseExclusively() throws(SystemError) -> Bool {
        try unless(EAGAIN) { () throws(SystemError) in
            try retrying("fcntl") { klinux_lease_exclusively(number) }
        } != nil
    }

    /// fstatvfs(3): what is left for unprivileged users.
    func space() throws(SystemError) -> (bytes: Int, files: Int) {
        var raw = statvfs()
        try retrying("fstatvfs") { fstatvfs(number, &raw) }
        return (Int(clamping: raw.f_bavail * raw.f_frsize), Int(clamping: raw.f_favail))
    }
}
