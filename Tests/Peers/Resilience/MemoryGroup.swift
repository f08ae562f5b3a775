import Foundation

/// A control group with a limit on memory, as kubelet makes one for each container; version 1 or 2.
struct MemoryGroup {
    private let path: String

    private static let version1 = "/sys/fs/cgroup/memory"
    private static let version2 = "/sys/fs/cgroup"

    private static var hasVersion1: Bool {
        FileManager.default.fileExists(atPath: version1 + "/memory.limit_in_bytes")
    }

    static var isAvailable: Bool {
        let controllers = try? String(
            contentsOfFile: version2 + "/cgroup.subtree_control", encoding: .utf8)
        guard hasVersion1 || controllers?.contains("memory") == true else { return false }
        return access(hasVersion1 ? version1 : version2, W_OK) == 0
    }

    /// - Parameter limit: bytes, of what is charged from now on.
    init(limit: Int) throws {
        path = (Self.hasVersion1 ? Self.version1 : Self.version2) + "/keeper-test-\(getpid())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try write("\(limit)", to: Self.hasVersion1 ? "memory.limit_in_bytes" : "memory.max")
        // Without swap there is no way out.
        try? write("\(limit)", to: Self.hasVersion1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max")
    }

    func add(_ process: Int32) throws { try write("\(process)", to: "cgroup.procs") }

    func remove() { rmdir(path) }

    private func write(_ text: String, to file: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path)/\(file)"))
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }
}
