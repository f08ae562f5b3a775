package import SecretMemory

extension Plan {
    /// Reads what `json` wrote, strictly: no key may be unknown, and those that are always written must be
    /// there.
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
                "initOnly", "failOnError", "strictLookup", "initTimeout", "folders", "backend", "access",
                "strictTemplates", "maxStaleness", "onStale", "notification", "proxy",
                "certificateAuthority", "environmentContainers", "metricsPort", "logLevel", "fuse",
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
        try readOptional(plan)
        try checkDirectories()
    }

    private mutating func readOptional(_ plan: PlanObject) throws(PlanError) {
        if plan.has("folders") {
            folders = try plan.array("folders").map { value, place throws(PlanError) in
                try FolderSelection(value, place: place)
            }
        }
        if plan.has("backend") { backend = try plan.word("backend") }
        if plan.has("fuse") { fuse = try FuseSettings(plan) }
        if plan.has("access") { access = try FileAccess(plan) }
        if plan.has("strictTemplates") { strictTemplates = try plan.bool("strictTemplates") }
        if plan.has("maxStaleness") { maxStaleness = try plan.duration("maxStaleness") }
        if plan.has("onStale") { onStale = try plan.word("onStale") }
        if plan.has("notification") { notification = try Notification(plan) }
        if plan.has("proxy") { proxy = try ProxySettings(plan) }
        if plan.has("certificateAuthority") {
            hasCertificateAuthority = try plan.bool("certificateAuthority")
        }
        if plan.has("environmentContainers") {
            environmentContainers = try plan.strings("environmentContainers")
            // Each names a directory.
            for name in environmentContainers where name.isEmpty || name.contains("/") || name.hasPrefix(".")
            {
                throw PlanError(
                    place: "environmentContainers", reason: "\(quoted(name)) is no name of a container")
            }
        }
        if plan.has("metricsPort") { metricsPort = try plan.number("metricsPort", upTo: .max) }
        if plan.has("logLevel") { logLevel = try plan.string("logLevel") }
    }

    /// The agent switches whole directories: each file must lie in one of them.
    private func checkDirectories() throws(PlanError) {
        guard directories.last == secretsPath else {
            throw PlanError(place: "directories", reason: "the last one is not \(secretsPath)")
        }
        for (index, folder) in folders.enumerated() {
            guard case .directory(let directory) = folder.output else { continue }
            guard directories.contains(where: { directory == $0 || directory.relative(to: $0) != nil }) else {
                throw PlanError(
                    place: "folders[\(index)].directory",
                    reason: "\(directory) lies in none of the directories")
            }
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

extension FuseSettings {
    fileprivate init(_ plan: PlanObject) throws(PlanError) {
        let fuse = try PlanObject(
            plan.value("fuse"), place: "fuse", keys: ["audit", "directIO", "memoryLimit"])
        self.init()
        if fuse.has("audit") { audit = try fuse.bool("audit") }
        if fuse.has("directIO") { directIO = try fuse.bool("directIO") }
        if fuse.has("memoryLimit") {
            let limit: UInt32 = try fuse.number("memoryLimit", upTo: .max)
            memoryLimit = Int(limit)
        }
    }
}

extension ConfigurationSource {
    fileprivate init(_ plan: PlanObject) throws(PlanError) {
        let source = try PlanObject(
            plan.value("configuration"), place: "configuration",
            keys: [
                "secret", "commandLine", "awsSecret", "awsRegion", "gcpSecret", "azureVault", "azureSecret",
            ])
        switch source.keys {
        case ["secret"]: self = .secret(name: try source.string("secret"))
        case ["awsSecret"]: self = .aws(secretID: try source.string("awsSecret"), region: nil)
        case ["awsRegion", "awsSecret"]:
            self = .aws(
                secretID: try source.string("awsSecret"), region: try source.string("awsRegion"))
        case ["gcpSecret"]: self = .gcp(secretID: try source.string("gcpSecret"))
        case ["azureSecret", "azureVault"]:
            self = .azure(
                vault: try source.string("azureVault"), secret: try source.string("azureSecret"))
        case ["commandLine"] where try source.bool("commandLine"): self = .commandLine
        default:
            throw PlanError(
                place: "configuration",
                reason: "needs one source: \"secret\", \"awsSecret\", \"gcpSecret\", \"azureVault\" and "
                    + "\"azureSecret\", or \"commandLine\": true")
        }
    }
}

extension FileAccess {
    fileprivate init(_ plan: PlanObject) throws(PlanError) {
        let access = try PlanObject(
            plan.value("access"), place: "access", keys: ["user", "group", "mode"])
        self.init()
        if access.has("user") { user = try access.number("user", upTo: .max) }
        if access.has("group") { group = try access.number("group", upTo: .max) }
        if access.has("mode") { mode = try access.number("mode", upTo: 0o777) }
    }
}

extension Notification {
    fileprivate init(_ plan: PlanObject) throws(PlanError) {
        let notification = try PlanObject(
            plan.value("notification"), place: "notification", keys: ["signal", "containers", "reloadURL"])
        self.init()
        if notification.has("signal") { signal = try notification.string("signal") }
        if notification.has("containers") { containers = try notification.strings("containers") }
        if notification.has("reloadURL") { reloadURL = try notification.string("reloadURL") }
    }
}

extension ProxySettings {
    fileprivate init(_ plan: PlanObject) throws(PlanError) {
        let proxy = try PlanObject(plan.value("proxy"), place: "proxy", keys: ["url", "exceptions"])
        self.init(url: try proxy.string("url"), exceptions: try proxy.strings("exceptions"))
    }
}
