import Foundation
import Plan
import Yams

/// The annotations of the pod that a manifest describes.
struct Manifest {
    /// Kind and name, for messages: `Deployment orders`.
    let title: String
    let annotations: [(name: String, value: String)]

    /// The largest manifest that is read: Kubernetes objects are at most 1.5 MiB each.
    private static let maxSize = 16 << 20

    /// Reads a file, or stdin for `-`, and finds the one pod with annotations of ours in it.
    static func read(_ path: String) throws(ManifestError) -> Manifest {
        try Manifest.find(in: text(of: path), source: path == "-" ? "stdin" : path)
    }

    /// The text of a file, or of stdin for `-`.
    static func text(of path: String) throws(ManifestError) -> String {
        let source = path == "-" ? "stdin" : path
        let data: Data
        do {
            data =
                path == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data()
                : try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(source, (error as NSError).localizedDescription)
        }
        guard data.count <= maxSize else { throw .unreadable(source, "larger than 16 MiB") }
        guard let text = String(data: data, encoding: .utf8) else { throw .unreadable(source, "not UTF-8") }
        return text
    }

    static func find(in text: String, source: String) throws(ManifestError) -> Manifest {
        var documents: [Node] = []
        do {
            // The sequence just ends at a mistake and keeps it; `for` would keep it in a copy.
            var sequence = try Yams.compose_all(yaml: text)
            while let document = sequence.next() { documents.append(document) }
            if let error = sequence.error { throw error }
        } catch let error as YamlError {
            throw .malformed(source, "\(error)")
        } catch {
            throw .malformed(source, "not YAML")
        }
        var pods: [PodNode] = []
        for document in documents { pods += try PodNode.all(in: document) }
        guard !pods.isEmpty else { throw .noPod(source) }
        let ours = pods.filter(\.isOurs)
        let chosen = ours.isEmpty && pods.count == 1 ? pods : ours
        guard let pod = chosen.first else { throw .noneAnnotated(source, pods.map(\.title)) }
        guard chosen.count == 1 else { throw .severalAnnotated(source, chosen.map(\.title)) }
        return Manifest(title: pod.title, annotations: try pod.annotations(source: source))
    }
}

/// Where a pod stands in a manifest: a Pod itself, or the template of a workload.
private struct PodNode {
    let title: String
    let metadata: Node?

    static func all(in document: Node) throws(ManifestError) -> [PodNode] {
        guard let kind = document["kind"]?.string else { return [] }
        let name = document["metadata"]?["name"]?.string ?? document["metadata"]?["generateName"]?.string
        let title = "\(kind) \(name ?? "(no name)")"
        switch kind {
        case "Pod": return [PodNode(title: title, metadata: document["metadata"])]
        case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job":
            return [PodNode(title: title, metadata: document["spec"]?["template"]?["metadata"])]
        case "CronJob":
            let template = document["spec"]?["jobTemplate"]?["spec"]?["template"]
            return [PodNode(title: title, metadata: template?["metadata"])]
        case "List":
            var found: [PodNode] = []
            for item in document["items"]?.sequence ?? [] { found += try all(in: item) }
            return found
        default: return []
        }
    }

    var isOurs: Bool {
        metadata?["annotations"]?.mapping?.keys.contains { $0.string?.hasPrefix("keeper.security/") ?? false }
            ?? false
    }

    func annotations(source: String) throws(ManifestError) -> [(name: String, value: String)] {
        guard let node = metadata?["annotations"] else { return [] }
        if node.null != nil { return [] }
        guard let mapping = node.mapping else { throw .malformed(source, "\(title): annotations are no map") }
        var result: [(name: String, value: String)] = []
        for (key, value) in mapping {
            guard let name = key.string else { continue }
            // The API server takes strings only: an unquoted true or 5 would be refused there.
            guard let scalar = value.scalar, value.tag == Tag(.str) else {
                throw .notAString(source, title, name)
            }
            result.append((name, scalar.string))
        }
        return result
    }
}

/// Why no pod's annotations could be read.
enum ManifestError: ExplainedError {
    case unreadable(String, String)
    case malformed(String, String)
    case noPod(String)
    case noneAnnotated(String, [String])
    case severalAnnotated(String, [String])
    case notAString(String, String, String)

    var message: String {
        switch self {
        case .unreadable(let source, let reason): "cannot read the manifest '\(source)': \(reason)"
        case .malformed(let source, let reason): "'\(source)' is no manifest: \(reason)"
        case .noPod(let source): "'\(source)' holds no Pod and no workload with a pod template"
        case .noneAnnotated(let source, let titles):
            "no pod in '\(source)' has annotations of keeper.security/ (\(titles.joined(separator: ", ")))"
        case .severalAnnotated(let source, let titles):
            "'\(source)' holds several pods with annotations of keeper.security/: "
                + titles.joined(separator: ", ")
        case .notAString(let source, let title, let name):
            "'\(source)', \(title): the value of the annotation \(name) is no string"
        }
    }

    var hint: String? {
        switch self {
        case .unreadable: "give -f FILE, or -f - for stdin"
        case .malformed: nil
        case .noPod:
            "Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob and List are understood"
        case .noneAnnotated:
            "add keeper.security/inject: \"true\" to the pod's (template's) metadata.annotations"
        case .severalAnnotated: "give a file with one of them"
        case .notAString: "put it in quotes, as Kubernetes demands"
        }
    }

    var exitCode: CommandStatus { .configuration }
}
