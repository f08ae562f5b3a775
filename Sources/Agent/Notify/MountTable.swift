import Glibc

/// One line of `/proc/PID/mountinfo` (proc(5)).
struct MountEntry: Equatable {
    /// Unique on the machine while it is mounted.
    let id: Int
    /// `major:minor`.
    let device: String
    /// The directory of the file system that is mounted.
    let root: String
    /// Where it is mounted, as the process sees it.
    let point: String

    /// - Returns: `nil` for a line of another form.
    init?(line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 5)
        guard fields.count >= 5, let id = Int(fields[0]) else { return nil }
        self.id = id
        device = String(fields[2])
        root = MountEntry.unescaped(fields[3])
        point = MountEntry.unescaped(fields[4])
    }

    /// Spaces, tabs, line breaks and backslashes stand there as three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
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
        entries = text.split(separator: "\n").compactMap(MountEntry.init(line:))
    }

    /// What lies at a path: the last that was mounted there.
    func mount(at point: String) -> MountEntry? { entries.last { $0.point == point } }

    /// Tells the containers apart: each has a root of its own.
    var container: Int? { mount(at: "/")?.id }
}
