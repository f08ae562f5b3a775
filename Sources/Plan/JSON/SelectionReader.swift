import SecretMemory

extension Selection {
    init(_ value: JSONValue, place: String) throws(PlanError) {
        let selection = try PlanObject(
            value, place: place,
            keys: [
                "origin", "record", "field", "notation", "folder", "file", "path", "directory", "suffix",
                "format", "template", "fields", "mode", "environment", "kubernetesSecret",
            ])
        self.init(
            origin: try selection.string("origin"), target: try Target(selection),
            output: try Output(selection), format: try Format(selection))
        if selection.has("fields") { fields = try selection.strings("fields") }
        if selection.has("mode") { mode = try selection.number("mode", upTo: 0o777) }
        if selection.has("environment") { environment = try EnvironmentVariables(selection) }
        if selection.has("kubernetesSecret") { kubernetesSecret = try KubernetesSecret(selection) }
    }
}

extension FolderSelection {
    init(_ value: JSONValue, place: String) throws(PlanError) {
        let object = try PlanObject(
            value, place: place,
            keys: [
                "origin", "uid", "folder", "directory", "format", "template", "recursive", "kubernetesSecret",
            ])
        guard object.has("uid") != object.has("folder") else {
            throw PlanError(place: place, reason: "needs \"uid\" or \"folder\"")
        }
        self.init(
            origin: try object.string("origin"),
            folder: object.has("uid") ? .uid(try object.string("uid")) : .path(try object.strings("folder")),
            output: object.has("directory") ? .directory(try object.path("directory")) : .noFiles)
        format = try Format(object)
        if object.has("recursive") { recursive = try object.bool("recursive") }
        if object.has("kubernetesSecret") { kubernetesSecret = try KubernetesSecret(object) }
    }
}

extension Format {
    fileprivate init(_ selection: PlanObject) throws(PlanError) {
        guard selection.has("format") != selection.has("template") else {
            throw PlanError(place: selection.place, reason: "needs \"format\" or \"template\"")
        }
        if selection.has("template") {
            self = .template(try selection.string("template"))
            return
        }
        let name = try selection.string("format")
        guard let format = Format.named.first(where: { $0.name == name })?.format else {
            throw PlanError(
                place: selection.place + ".format",
                reason: "\(quoted(name)) is none of \(Format.named.map(\.name).joined(separator: ", "))")
        }
        self = format
    }
}

extension Selection.Target {
    fileprivate init(_ selection: PlanObject) throws(PlanError) {
        switch selection.keys.filter({ ["record", "field", "file", "notation", "folder"].contains($0) }) {
        case ["record"]: self = .record(try selection.string("record"))
        case ["field", "record"]:
            self = .field(record: try selection.string("record"), name: try selection.string("field"))
        case ["file", "record"]:
            self = .attachment(record: try selection.string("record"), name: try selection.string("file"))
        case ["notation"], ["folder", "notation"]:
            let text = try selection.string("notation")
            let folder = selection.has("folder") ? try selection.strings("folder") : []
            do throws(NotationError) {
                self = .notation(try Notation(text), folder: folder)
            } catch {
                throw PlanError(place: selection.place + ".notation", reason: error.reason)
            }
        default:
            throw PlanError(
                place: selection.place,
                reason: "needs \"record\", \"record\" and \"field\" or \"file\", or \"notation\"")
        }
    }
}

extension Selection.Output {
    fileprivate init(_ selection: PlanObject) throws(PlanError) {
        switch (selection.has("path"), selection.has("directory"), selection.has("suffix")) {
        case (true, false, false): self = .path(try selection.path("path"))
        case (false, true, true):
            let suffix = try selection.string("suffix")
            guard !suffix.contains("/") else {
                throw PlanError(place: selection.place + ".suffix", reason: "contains '/'")
            }
            self = .namedByTitle(directory: try selection.path("directory"), suffix: suffix)
        case (false, false, false) where selection.has("environment") || selection.has("kubernetesSecret"):
            self = .noFile
        default:
            throw PlanError(
                place: selection.place, reason: "needs \"path\", or \"directory\" and \"suffix\"")
        }
    }
}

extension EnvironmentVariables {
    fileprivate init(_ selection: PlanObject) throws(PlanError) {
        let object = try selection.object("environment", keys: ["prefix", "names"])
        self.init(prefix: try object.string("prefix"), names: try object.names("names"))
    }
}

extension KubernetesSecret {
    fileprivate init(_ selection: PlanObject) throws(PlanError) {
        let object = try selection.object(
            "kubernetesSecret", keys: ["name", "namespace", "mode", "type", "keys", "rotates", "hasOwner"])
        self.init(name: try object.string("name"))
        if object.has("namespace") { namespace = try object.string("namespace") }
        mode = try object.word("mode")
        type = try object.string("type")
        keys = try object.names("keys")
        rotates = try object.bool("rotates")
        hasOwner = try object.bool("hasOwner")
    }
}
