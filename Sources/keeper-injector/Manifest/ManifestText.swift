import Foundation
import Plan

/// The text of a manifest.
enum ManifestText {
    /// Kubernetes objects are at most 1.5 MiB each.
    private static let maxSize = 16 << 20

    /// What messages call it.
    static func source(of path: String) -> String { path == "-" ? "stdin" : path }

    /// Reads a file, or stdin for `-`.
    static func read(_ path: String) throws(UnreadableManifest) -> String {
        let source = source(of: path)
        let data: Data
        do {
            data =
                path == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data()
                : try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw UnreadableManifest(source: source, reason: (error as NSError).localizedDescription)
        }
        guard data.count <= maxSize else {
            throw UnreadableManifest(source: source, reason: "larger than 16 MiB")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw UnreadableManifest(source: source, reason: "not UTF-8")
        }
        return text
    }
}

struct UnreadableManifest: ExplainedError {
    let source: String
    let reason: String

    var message: String { "cannot read the manifest '\(source)': \(reason)" }
    var hint: String? { "give -f FILE, or -f - for stdin" }
    var exitCode: CommandStatus { .configuration }
}
