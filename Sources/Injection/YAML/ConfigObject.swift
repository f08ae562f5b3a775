import Plan
internal import Yams

/// A map of the YAML `config` whose keys are known, and where it stands.
struct ConfigObject {
    let annotation: Annotation
    /// As `secrets[0]`.
    let place: String
    private let line: Int?
    private var values: [String: Node] = [:]

    /// - Throws: `Mistake` for an unknown key, with the nearest known one.
    init(_ node: Node, annotation: Annotation, place: String, keys: [String]) throws(Mistake) {
        self.annotation = annotation
        self.place = place
        line = node.mark?.line
        guard let mapping = node.mapping else {
            throw Self.mistake(
                annotation, place, line, "is no map", expected: "keys and values: \(keys[0]): …")
        }
        for (key, value) in mapping {
            let name = key.string ?? ""
            guard keys.contains(name) else {
                let near = nearest(to: name, among: keys, limit: 1).first
                throw Self.mistake(
                    annotation, place, key.mark?.line, "unknown key \(quoted(name))",
                    expected: near.map { quoted($0) } ?? "one of " + keys.joined(separator: ", "))
            }
            values[name] = value
        }
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    /// A mistake about a key, or about the whole.
    func mistake(_ problem: String, key: String? = nil, expected: String? = nil) -> Mistake {
        let location = [place, key ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
        return Self.mistake(
            annotation, location, key.flatMap { values[$0]?.mark?.line } ?? line, problem, expected: expected)
    }

    private static func mistake(
        _ annotation: Annotation, _ place: String, _ line: Int?, _ problem: String, expected: String?
    ) -> Mistake {
        let location =
            switch (place.isEmpty, line) {
            case (true, nil): ""
            case (true, let line?): "line \(line)"
            case (false, nil): place
            case (false, let line?): "\(place) (line \(line))"
            }
        return Mistake(
            annotation: annotation.name, problem: (location.isEmpty ? "" : location + ": ") + problem,
            expected: expected)
    }

    /// The first of several spellings that is there.
    func first(_ keys: String...) throws(Mistake) -> String? {
        let given = keys.filter(has)
        guard given.count <= 1 else {
            throw mistake(
                "contradicts \(quoted(given[0])), which means the same", key: given[1],
                expected: "one of them")
        }
        return given.first
    }

    /// A value that is not empty, without control characters; `nil` when it is not there.
    func text(_ key: String) throws(Mistake) -> String? {
        guard let text = try string(key).map(Annotation.trim) else { return nil }
        guard !text.isEmpty else { throw mistake("is empty", key: key) }
        guard text.firstControlCharacter == nil else {
            throw mistake("contains a control character", key: key)
        }
        return text
    }

    /// A scalar as it is written: `0600` stays so.
    func string(_ key: String) throws(Mistake) -> String? {
        guard let node = values[key] else { return nil }
        guard let scalar = node.scalar, node.tag != Tag(.null) else {
            throw mistake("is no text", key: key, expected: "one value")
        }
        return scalar.string
    }

    func bool(_ key: String) throws(Mistake) -> Bool? {
        guard let text = try string(key) else { return nil }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw mistake("\(quoted(text)) is neither true nor false", key: key, expected: "true or false")
        }
    }

    /// The elements of a list with their places; a missing or empty one has none.
    func list(_ key: String) throws(Mistake) -> [(Node, String)] {
        guard let node = values[key], node.tag != Tag(.null) else { return [] }
        guard let sequence = node.sequence else { throw mistake("is no list", key: key, expected: "- …") }
        let place = [place, key].filter { !$0.isEmpty }.joined(separator: ".")
        return sequence.enumerated().map { ($0.element, "\(place)[\($0.offset)]") }
    }

    func strings(_ key: String) throws(Mistake) -> [String] {
        var result: [String] = []
        for (node, _) in try list(key) {
            guard let text = node.scalar?.string, !text.isEmpty else {
                throw mistake("holds something that is no name", key: key, expected: "a list of names")
            }
            if !result.contains(text) { result.append(text) }
        }
        return result
    }

    /// A map of field names to names, sorted by field.
    func names(_ key: String, check: (String) -> Bool, expected: String) throws(Mistake) -> [FieldName] {
        guard let node = values[key] else { return [] }
        guard let mapping = node.mapping else {
            throw mistake("is no map", key: key, expected: "field: name")
        }
        var result: [FieldName] = []
        for (field, name) in mapping {
            guard let field = field.scalar?.string, let name = name.scalar?.string, !field.isEmpty,
                check(name)
            else {
                throw mistake("maps to something that is no such name", key: key, expected: expected)
            }
            result.append(FieldName(field: field, name: name))
        }
        return result.sorted { $0.field < $1.field }
    }

    func path(_ key: String) throws(Mistake) -> AbsolutePath? {
        guard let text = try text(key) else { return nil }
        do throws(AbsolutePathError) {
            return try AbsolutePath(text)
        } catch {
            throw mistake("the path \(quoted(text)) \(error)", key: key, expected: "an absolute path")
        }
    }

    func format(_ key: String) throws(Mistake) -> Format? {
        guard let name = try text(key) else { return nil }
        if let format = Format.named.first(where: { $0.name == name })?.format { return format }
        let names = Format.named.map(\.name)
        if name == "template" {
            throw mistake("is asked for by the key \"template\"", key: key, expected: "template: its text")
        }
        let near = nearest(to: name, among: names, limit: 1).first
        throw mistake(
            "\(quoted(name)) is no format", key: key,
            expected: near.map { quoted($0) } ?? "one of " + names.joined(separator: ", "))
    }
}
