import Foundation

/// What lies below a directory, for comparing before and after.
public enum DiskTree {
    /// Each path below `directory` with its inode, kind, mode, owner, size and times to the nanosecond.
    public static func snapshot(_ directory: String) throws -> [String: String] {
        var result: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory) + ["."] {
            var status = stat()
            guard lstat(directory + "/" + path, &status) == 0 else { continue }
            let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
            result[path] =
                "\(status.st_ino) \(String(status.st_mode, radix: 8)) \(status.st_uid):\(status.st_gid) "
                + "\(status.st_size) \(times)"
        }
        return result
    }

    /// Permission bits in octal, owner and group of what a path leads to: `640 1234:5678`.
    public static func access(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "missing" }
        return "\(String(status.st_mode & 0o7777, radix: 8)) \(status.st_uid):\(status.st_gid)"
    }

    /// The names in a directory, sorted, with a generation's own name replaced by `..GENERATION`.
    public static func names(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).map {
            $0.wholeMatch(of: /\.\.\d{4}(_\d\d){5}\.\d{15}/) == nil ? $0 : "..GENERATION"
        }.sorted()
    }

    /// A file's text; `nil` when it cannot be read.
    public static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
