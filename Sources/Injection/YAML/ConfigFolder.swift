import Plan
internal import Yams

/// One entry of `folders:`.
struct ConfigFolder {
    private let object: ConfigObject

    private static let keys = [
        "uid", "path", "folderPath", "outputPath", "format", "recursive", "injectAsK8sSecret",
        "k8sSecretNamePrefix",
    ]

    init(_ node: Node, annotation: Annotation, place: String) throws(Mistake) {
        object = try ConfigObject(node, annotation: annotation, place: place, keys: Self.keys)
    }

    func read(into draft: inout Draft) throws(Mistake) {
        let path = try object.path("outputPath")
        var selection = FolderSelection(
            origin: "config", folder: try folder(), output: .directory(path ?? draft.secretsPath))
        selection.format = try object.format("format") ?? .json
        selection.recursive = try object.bool("recursive") ?? false
        if try object.bool("injectAsK8sSecret") ?? draft.kubernetesSecret.isOn {
            let prefix = try object.text("k8sSecretNamePrefix") ?? ""
            guard prefix.isEmpty || DNSName.isSubdomain(prefix + "x") else {
                throw object.mistake(
                    "cannot begin the name of a Secret", key: "k8sSecretNamePrefix",
                    expected: "a-z, 0-9, '-' and '.'")
            }
            selection.kubernetesSecret = draft.kubernetesSecret.secret(named: prefix)
            if path == nil { selection.output = .noFiles }
        }
        draft.add(selection, of: object.annotation)
    }

    private func folder() throws(Mistake) -> FolderSelection.Folder {
        guard let key = try object.first("uid", "path", "folderPath"), let text = try object.text(key) else {
            throw object.mistake("names no folder", expected: "path: A/B, or uid: UID")
        }
        if key == "uid" {
            guard looksLikeUID(text) else {
                throw object.mistake(
                    "\(quoted(text)) is no uid", key: key,
                    expected: "22 characters of A-Z, a-z, 0-9, '-' and '_'")
            }
            return .uid(text)
        }
        guard let names = FolderPath.names(text) else {
            throw object.mistake(
                "has an empty folder name", key: key, expected: "names with one '/' between them")
        }
        return .path(names)
    }
}
