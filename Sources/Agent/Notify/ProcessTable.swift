import CLinux
import Glibc

/// A process as `/proc` shows it.
struct ProcessEntry: Equatable {
    let pid: Int32
    /// Clock ticks since the machine's start: with the pid it names one process for ever.
    let started: UInt64

    /// - Parameter text: `/proc/PID/stat`: `PID (name) state parent …`; the name may hold anything.
    init?(pid: Int32, stat text: String) {
        // Bytes: some characters make one `Character` with the parenthesis that follows them.
        let bytes = text.utf8
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[bytes.index(after: end)...].split(separator: UInt8(ascii: " "))
        // The 22nd field; the list begins with the 3rd.
        guard fields.count > 19, let started = UInt64(Substring(fields[19])) else { return nil }
        self.pid = pid
        self.started = started
    }
}

/// The processes of this process's pid namespace: proc(5).
struct ProcessTable {
    /// Where `/proc` lies.
    var path = "/proc"

    /// All of them, as far as they can be seen.
    var processes: [ProcessEntry] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var found: [ProcessEntry] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = Int32(name), let process = process(pid) { found.append(process) }
        }
        return found
    }

    /// `nil` when it has ended.
    func process(_ pid: Int32) -> ProcessEntry? {
        text("\(pid)/stat").flatMap { ProcessEntry(pid: pid, stat: $0) }
    }

    /// What is mounted for a process; everybody may read that.
    func mounts(of pid: String) -> MountTable? { text("\(pid)/mountinfo").map(MountTable.init(parsing:)) }

    private func text(_ name: String) -> String? {
        let descriptor = klinux_openat(AT_FDCWD, "\(path)/\(name)", O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        // A table of mounts has some hundred lines.
        while bytes.count < 4 << 20 {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
