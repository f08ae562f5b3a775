public import Foundation

/// A directory of its own below the system's temporary one, removed with the last reference.
public final class TemporaryDirectory: Sendable {
    /// Absolute.
    public let path: String

    /// Makes it, with a name of its own.
    public init(in parent: String = NSTemporaryDirectory()) throws {
        let path = parent + "/keeper-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        self.path = path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a name below the directory.
    public func file(_ name: String) -> String { path + "/" + name }
}
