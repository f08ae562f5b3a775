package import SecretMemory

extension Plan {
    /// Reads what `json` wrote, strictly: every key must be there, none may be unknown.
    ///
    /// - Throws: `PlanError` with the place of the first mistake.
    package init(parsing json: SecretBytes) throws(PlanError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: json, limits: JSONLimits(depth: 10, values: 100_000))
        } catch {
            throw PlanError(place: "", reason: error.description)
        }
        // The version first: in another version any other key may be strange.
        let version = document.root["version"]
        guard version?.integer == Plan.version else {
            let found = version?.integer.map { "is \($0)" } ?? "is missing or no number"
            throw PlanError(place: "version", reason: "\(found), this agent reads \(Plan.version)")
        }
        let plan = try PlanObject(
            document.root, place: "",
            keys: [
                "version", "configuration", "selections", "secretsPath", "directories", "refreshInterval",
                "initOnly", "failOnError", "strictLookup", "initTimeout",
            ])
        self.init(
            configuration: try ConfigurationSource(plan),
            selections: try plan.array("selections").map { value, place throws(PlanError) in
                try Selection(value, place: place)
            },
            secretsPath: try plan.path("secretsPath"),
            directories: try plan.array("directories").map { value, place throws(PlanError) in
                try PlanObject.path(value, place)
            },
            refreshInterval: try plan.duration("refreshInterval"),
            initOnly: try plan.bool("initOnly"),
            failOnError: try plan.bool("failOnError"),
            strictLookup: try plan.bool("strictLookup"),
            initTimeout: try plan.duration("initTimeout"))
        try checkDirectories()
    }

    /// The agent switches whole directories: each file must lie in one of them.
    private func checkDirectories() throws(PlanError) {
        guard directories.last == secretsPath else {
            throw PlanError(place: "directories", reason: "the last one is not \(secretsPath)")
        }
        for (index, selection) in selections.enumerated() {
            let place = "selections[\(index)]"
            switch selection.output {
            case .path(let path):
                guard directories.contains(where: { path.relative(to: $0) != nil }) else {
                    throw PlanError(place: place + ".path", reason: "\(path) lies in none of the directories")
                }
            case .noFile: break
            case .namedByTitle(let directory, _):
                guard directories.contains(where: { directory == $0 || directory.relative(to: $0) != nil })
                else {
                    throw PlanError(
                        place: place + ".directory", reason: "\(directory) lies in none of the directories")
                }
            }
        }
    }
}

extension ConfigurationSource {
    fileprivate init(_ plan: PlanObject) throws(PlanError) {
        let source = try PlanObject(
            plan.value("configuration"), place: "configuration", keys: ["secret", "commandLine"])
        if source.has("secret"), !source.has("commandLine") {
            self = .secret(name: try source.string("secret"))
        } else if source.has("commandLine"), !source.has("secret"), try source.bool("commandLine") {
            self = .commandLine
        } else {
            throw PlanError(
                place: "configuration", reason: "needs either \"secret\" or \"commandLine\": true")
        }
    }
}

extension Selection {
    fileprivate init(_ value: JSONValue, place: String) throws(PlanError) {
        let selection = try PlanObject(
            value, place: place,
            keys: ["origin", "record", "field", "notation", "path", "directory", "suffix", "format"])
        let name = try selection.string("format")
        guard let format = Format.named.first(where: { $0.name == name })?.format else {
            throw PlanError(
                place: place + ".format",
                reason:
                    "\(quoted(name)) is none of \(Format.named.map(\.name).joined(separator: ", "))")
        }
        self.init(
            origin: try selection.string("origin"), target: try Target(selection),
            output: try Output(selection), format: format)
    }
}

extension Selection.Target {
    fileprivate init(_ selection: PlanObject) throws(PlanError) {
        switch (selection.has("record"), selection.has("field"), selection.has("notation")) {
        case (true, false, false): self = .record(try selection.string("record"))
        case (true, true, false):
            self = .field(record: try selection.string("record"), name: try selection.string("field"))
        case (false, false, true):
            let text = try selection.string("notation")
            do throws(NotationError) {
                self = .notation(try Notation(text))
            } catch {
                throw PlanError(place: selection.place + ".notation", reason: error.reason)
            }
        default:
            throw PlanError(
                place: selection.place, reason: "needs \"record\", \"record\" and \"field\", or \"notation\"")
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
        default:
            throw PlanError(
                place: selection.place, reason: "needs \"path\", or \"directory\" and \"suffix\"")
        }
    }
}
