import Plan
internal import Yams

/// The YAML of the annotation `config`, read within bounds.
struct ConfigDocument {
    private let annotation: Annotation
    private let root: ConfigObject

    private static let maxSize = 256 << 10

    /// - Throws: `Mistake` when it is no YAML, with the line, or too large.
    init(_ annotation: Annotation) throws(Mistake) {
        self.annotation = annotation
        guard annotation.value.utf8.count <= Self.maxSize else {
            throw annotation.mistake("is too large", expected: "at most 256 KiB")
        }
        let node = try Self.compose(annotation)
        root = try ConfigObject(node, annotation: annotation, place: "", keys: ["secrets", "folders"])
    }

    private static func compose(_ annotation: Annotation) throws(Mistake) -> Node {
        let what = "YAML with the lists secrets: and folders:"
        let example = "secrets: [{record: database-credentials, path: /app/config/db.json}]"
        let node: Node?
        do {
            node = try Yams.compose(yaml: annotation.value)
        } catch let error as YamlError {
            throw Mistake(
                annotation: annotation.name, problem: "is no YAML: " + Self.describe(error), expected: what,
                example: annotation.name + ": |\n" + "    " + example)
        } catch {
            throw Mistake(annotation: annotation.name, problem: "is no YAML", expected: what)
        }
        guard let node else {
            throw Mistake(annotation: annotation.name, problem: "is empty", expected: what)
        }
        var left = 10_000
        guard node.fits(&left, depth: 32) else {
            throw Mistake(
                annotation: annotation.name, problem: "is nested too deep, or aliases make too much of it",
                expected: "at most 10,000 values and 32 levels")
        }
        return node
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let location = "line \(mark.line), column \(mark.column): "
            return location + problem + (context.map { " (\($0.text) in line \($0.mark.line))" } ?? "")
        case .duplicatedKeysInMapping(let duplicates, _):
            return "key \(quoted(duplicates.first ?? "")) is given twice"
        default: return "it cannot be read"
        }
    }

    func read(into draft: inout Draft) throws(Mistake) {
        let secrets = try root.list("secrets")
        let folders = try root.list("folders")
        guard !(secrets + folders).isEmpty else {
            throw Mistake(
                annotation: annotation.name, problem: "selects nothing",
                expected: "an entry in secrets: or folders:")
        }
        for (node, place) in secrets {
            do throws(Mistake) {
                try ConfigSecret(node, annotation: annotation, place: place).read(into: &draft)
            } catch {
                draft.report(error)
            }
        }
        for (node, place) in folders {
            do throws(Mistake) {
                try ConfigFolder(node, annotation: annotation, place: place).read(into: &draft)
            } catch {
                draft.report(error)
            }
        }
    }
}

extension Node {
    /// Whether no more than `left` values are in it, aliases counted as often as they stand for something.
    fileprivate func fits(_ left: inout Int, depth: Int) -> Bool {
        left -= 1
        guard left >= 0, depth > 0 else { return false }
        switch self {
        case .scalar, .alias: return true
        case .sequence(let sequence):
            for node in sequence where !node.fits(&left, depth: depth - 1) { return false }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard key.fits(&left, depth: depth - 1), value.fits(&left, depth: depth - 1) else {
                    return false
                }
            }
        }
        return true
    }
}
