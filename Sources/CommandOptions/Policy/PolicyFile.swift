import Glibc
import Plan
import Yams

/// The YAML file of `--config`.
enum PolicyFile {
    /// Far more than any list of namespaces needs.
    private static let maxSize = 1 << 20

    static func read(_ path: String, into draft: inout PolicyDraft) throws(PolicyError) {
        let text = try contents(of: path)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw .unreadable(path, "it is no YAML: \(error)")
        }
        // An empty file, or one of comments alone, sets nothing.
        guard let root, root.null == nil else { return }
        guard let mapping = root.mapping else { throw .unreadable(path, "it is no map of settings") }
        var mistakes: [PolicyMistake] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            do throws(PolicyMistake) {
                try apply(name, value, to: &draft)
            } catch {
                mistakes.append(error.named(name.isEmpty ? "(a key)" : printable(name, limit: 80)))
            }
        }
        guard mistakes.isEmpty else { throw .file(path, mistakes) }
    }

    private static func apply(_ name: String, _ node: Node, to draft: inout PolicyDraft) throws(PolicyMistake)
    {
        guard let setting = PolicySetting.find(name) else {
            let near = nearest(to: name, among: PolicySetting.all.map(\.name), limit: 1).first
            throw PolicyMistake(problem: "is no setting" + (near.map { ", is \($0) meant?" } ?? ""))
        }
        switch node {
        case .scalar(let scalar) where node.null == nil:
            try setting.apply(setting.split(scalar.string), &draft)
        case .sequence(let items) where setting.isList:
            var values: [String] = []
            for item in items {
                guard let scalar = item.scalar, item.null == nil else {
                    throw PolicyMistake(problem: "has an item that is no text", expected: "a list of texts")
                }
                values.append(scalar.string)
            }
            try setting.apply(values, &draft)
        default:
            throw PolicyMistake(
                problem: "has no usable value",
                expected: setting.isList ? "a list, or a text with commas" : "one value")
        }
    }

    private static func contents(of path: String) throws(PolicyError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path, String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= maxSize else { throw .unreadable(path, "larger than 1 MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(path, "not UTF-8")
        }
        return text
    }
}
