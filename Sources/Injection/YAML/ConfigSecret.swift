import Plan
internal import Yams

/// One entry of `secrets:`.
struct ConfigSecret {
    private let object: ConfigObject

    private static let keys = [
        "record", "notation", "path", "fields", "format", "template", "file", "fileName", "mode",
        "injectAsEnvVars", "envPrefix", "envKeys", "injectAsK8sSecret", "k8sSecretName", "k8sSecretKeys",
        "k8sSecretType",
    ]

    init(_ node: Node, annotation: Annotation, place: String) throws(Mistake) {
        object = try ConfigObject(node, annotation: annotation, place: place, keys: Self.keys)
    }

    func read(into draft: inout Draft) throws(Mistake) {
        let (target, name) = try target()
        let format = try format(of: target)
        let path = try object.path("path")
        var selection = Selection(
            origin: "config", target: target, output: .noFile, format: format)
        selection.fields = try fields(of: target)
        selection.mode = try mode()
        if let path {
            selection.output = .path(path)
        } else if case .record(let record) = target {
            selection.output = draft.output(for: record, suffix: format.suffix)
        } else {
            selection.output = try ownOutput(name, secretsPath: draft.secretsPath)
        }
        var entry = DraftSelection(
            annotation: object.annotation, selection: selection, hasOwnPath: path != nil)
        try readEnvironment(into: &entry, draft)
        try readKubernetesSecret(into: &entry, draft)
        if path == nil, entry.selection.environment != nil || entry.selection.kubernetesSecret != nil {
            entry.selection.output = .noFile
        }
        draft.add(entry)
    }

    /// What is selected, and the file name it suggests.
    private func target() throws(Mistake) -> (Selection.Target, name: String?) {
        guard let source = try object.first("record", "notation") else {
            throw object.mistake("names no record", expected: "record: TITLE-OR-UID, or notation: keeper://…")
        }
        let text = try object.text(source) ?? ""
        let file = try object.first("file", "fileName")
        if source == "notation" {
            if let file {
                throw object.mistake("has no meaning beside notation", key: file, expected: "record")
            }
            do throws(Mistake) {
                return (
                    try object.annotation.notation(text[...], hasScheme: SelectionText.hasScheme(text)), nil
                )
            } catch {
                throw object.mistake(error.problem, key: source, expected: error.expected)
            }
        }
        guard !SelectionText.hasScheme(text) else {
            throw object.mistake(
                "Keeper notation does not belong here", key: source, expected: "the key notation")
        }
        if let file, let name = try object.text(file) { return (.attachment(record: text, name: name), name) }
        return (.record(text), nil)
    }

    private func format(of target: Selection.Target) throws(Mistake) -> Format {
        if let template = try object.string("template") {
            guard !object.has("format") else {
                throw object.mistake("contradicts \"template\"", key: "format", expected: "one of them")
            }
            guard case .record = target else {
                throw object.mistake(
                    "needs a whole record", key: "template", expected: "record: TITLE-OR-UID")
            }
            if let problem = TemplateCheck.problem(in: template) {
                throw object.mistake(problem, key: "template", expected: "a Go template")
            }
            return .template(template)
        }
        let format = try object.format("format")
        switch target {
        case .record, .field:
            if let format { return format }
            return try object.strings("fields").count == 1 ? .raw : .json
        case .notation:
            guard let format, format != .json, format != .raw else { return format ?? .raw }
            throw object.mistake(
                "needs the names of a record's fields", key: "format", expected: "json or raw")
        case .attachment:
            guard let format, format != .raw else { return .raw }
            throw object.mistake("a file is written as it is", key: "format", expected: "no format")
        }
    }

    private func fields(of target: Selection.Target) throws(Mistake) -> [String] {
        let fields = try object.strings("fields")
        guard object.has("fields") else { return [] }
        guard case .record = target else {
            throw object.mistake("needs a whole record", key: "fields", expected: "record: TITLE-OR-UID")
        }
        guard !fields.isEmpty else {
            throw object.mistake("selects no field", key: "fields", expected: "names, or no fields: for all")
        }
        return fields
    }

    private func mode() throws(Mistake) -> UInt32? {
        guard let text = try object.text("mode") else { return nil }
        do throws(FileModeError) {
            return try FileMode.parse(text)
        } catch {
            throw object.mistake(error.reason, key: "mode", expected: FileMode.expected)
        }
    }

    private func ownOutput(_ name: String?, secretsPath: AbsolutePath) throws(Mistake) -> Selection.Output {
        guard let name, !name.contains("/"), let path = try? secretsPath.appending(name) else {
            throw object.mistake("names no path", expected: "path: /app/secrets/NAME")
        }
        return .path(path)
    }

    private func readEnvironment(into entry: inout DraftSelection, _ draft: Draft) throws(Mistake) {
        let prefix = try object.string("envPrefix")
        if let prefix, !EnvironmentName.isPrefix(prefix) {
            throw object.mistake(
                "cannot begin a variable's name", key: "envPrefix", expected: EnvironmentName.expected)
        }
        let names = try object.names(
            "envKeys", check: EnvironmentName.isName, expected: EnvironmentName.expected)
        for name in names
        where !entry.selection.fields.isEmpty && !entry.selection.fields.contains(name.field) {
            throw object.mistake(
                "names field \(quoted(name.field)), which fields leaves out", key: "envKeys",
                expected: "fields with it, or no fields: for all")
        }
        let wanted = try object.bool("injectAsEnvVars")
        guard wanted ?? draft.environment.isOn else {
            if prefix != nil || !names.isEmpty {
                throw object.mistake("names variables but asks for none", expected: "injectAsEnvVars: true")
            }
            entry.declinesEnvironment = wanted == false
            return
        }
        guard case .record = entry.selection.target else {
            guard wanted == true else { return }
            throw object.mistake(
                "needs a whole record", key: "injectAsEnvVars", expected: "record: TITLE-OR-UID")
        }
        entry.selection.environment = EnvironmentVariables(
            prefix: prefix ?? draft.environment.prefix ?? "", names: names)
    }

    private func readKubernetesSecret(into entry: inout DraftSelection, _ draft: Draft) throws(Mistake) {
        let wanted = try object.bool("injectAsK8sSecret")
        guard wanted ?? draft.kubernetesSecret.isOn else {
            entry.declinesKubernetesSecret = wanted == false
            return
        }
        guard case .record = entry.selection.target else {
            guard wanted == true else { return }
            throw object.mistake(
                "needs a whole record", key: "injectAsK8sSecret", expected: "record: TITLE-OR-UID")
        }
        let name = try object.text("k8sSecretName") ?? draft.kubernetesSecret.name ?? entry.recordName
        guard DNSName.isSubdomain(name) else {
            throw object.mistake(
                "\(quoted(name)) is no name of a Secret", key: "k8sSecretName",
                expected: "at most 253 of a-z, 0-9, '-' and '.'")
        }
        var secret = draft.kubernetesSecret.secret(named: name)
        secret.keys = try object.names(
            "k8sSecretKeys", check: SecretKey.isKey, expected: "keys of letters, digits, '-', '_' and '.'")
        if let type = try object.text("k8sSecretType") {
            guard SecretType.isType(type) else {
                throw object.mistake(
                    "is no type of a Secret", key: "k8sSecretType", expected: SecretType.expected)
            }
            secret.type = type
        }
        entry.selection.kubernetesSecret = secret
    }
}

/// A key in a Secret's or ConfigMap's `data`.
enum SecretKey {
    static func isKey(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { DNSName.isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }
}

extension Format {
    /// What a file without a path of its own ends in.
    var suffix: String {
        switch self {
        case .json, .env, .properties, .yaml, .ini: "." + name
        case .raw, .template: ""
        }
    }
}
