import Glibc

/// One line of `/proc/PID/mountinfo` (proc(5)).
struct MountEntry: Equatable {
    /// `major:minor`.
    let device: String
    /// The directory of the file system that is mounted.
    let root: String
    /// Where it is mounted, as the process sees it.
    let point: String

    /// - Returns: `nil` for a line of another form.
    init?(line: Substring) {
        // Bytes: a path that goes on with a combining character would make one `Character` with what is before it.
        let fields = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 5)
        guard fields.count >= 5 else { return nil }
        device = String(decoding: fields[2], as: UTF8.self)
        root = MountEntry.unescaped(fields[3])
        point = MountEntry.unescaped(fields[4])
    }

    /// Spaces, tabs, line breaks and backslashes stand there as three octal digits.
    private static func unescaped(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What is mounted for a process.
struct MountTable {
    let entries: [MountEntry]

    init(parsing text: String) {
        // Bytes: "\r\n" is one `Character`, and a path may end with "\r".
        entries = text.utf8.split(separator: UInt8(ascii: "\n")).compactMap {
            MountEntry(line: Substring($0))
        }
    }

    /// What lies at a path: the last that was mounted there.
    func mount(at point: String) -> MountEntry? { entries.last { $0.point == point } }

    /// Tells the containers apart: each has a root of its own. By what it is, not by the mount's number: a
    /// process that has made a mount namespace of its own has the same root with another number.
    var container: ContainerRoot? { mount(at: "/").map { ContainerRoot(device: $0.device, path: $0.root) } }
}

/// A container's root directory, as a directory of a file system.
struct ContainerRoot: Hashable {
    let device: String
    let path: String
}
