internal import JSONText

extension Plan {
    /// The version of the JSON this code writes and reads.
    package static let version: Int64 = 1

    /// The Plan as JSON without white space, as it travels in `KEEPER_INJECTOR_CONFIG`. The same Plan
    /// gives the same bytes.
    package var json: [UInt8] { encoded(indented: false) }

    /// The same for people: two spaces for each level and a final newline.
    package var prettyJSON: [UInt8] { encoded(indented: true) }

    private func encoded(indented: Bool) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        tree.append(to: &writer, level: indented ? 0 : nil)
        if indented { writer.raw("\n") }
        return writer.bytes
    }

    /// What has its default value is left out: a Plan travels in an environment variable.
    private var tree: PlanTree {
        var members: [PlanTree.Member] = [
            ("version", .number(Plan.version)),
            ("configuration", configuration.tree),
            ("selections", .array(selections.map(\.tree))),
            ("secretsPath", .string(secretsPath.description)),
            ("directories", .array(directories.map { .string($0.description) })),
            ("refreshInterval", .string(refreshInterval.goDescription)),
            ("initOnly", .bool(initOnly)),
            ("failOnError", .bool(failOnError)),
            ("strictLookup", .bool(strictLookup)),
            ("initTimeout", .string(initTimeout.goDescription)),
        ]
        let usual = Plan(configuration: configuration, selections: [])
        if !folders.isEmpty { members.append(("folders", .array(folders.map(\.tree)))) }
        if backend != usual.backend { members.append(("backend", .string(backend.rawValue))) }
        if fuse != usual.fuse { members.append(("fuse", fuse.tree)) }
        if access != usual.access { members.append(("access", access.tree)) }
        if strictTemplates { members.append(("strictTemplates", .bool(true))) }
        if maxStaleness != usual.maxStaleness {
            members.append(("maxStaleness", .string(maxStaleness.goDescription)))
        }
        if onStale != usual.onStale { members.append(("onStale", .string(onStale.rawValue))) }
        if notification != usual.notification { members.append(("notification", notification.tree)) }
        if let proxy { members.append(("proxy", proxy.tree)) }
        if hasCertificateAuthority { members.append(("certificateAuthority", .bool(true))) }
        if !environmentContainers.isEmpty {
            members.append(("environmentContainers", .strings(environmentContainers)))
        }
        if let metricsPort { members.append(("metricsPort", .number(Int64(metricsPort)))) }
        if let logLevel { members.append(("logLevel", .string(logLevel))) }
        return .object(members)
    }
}

extension ConfigurationSource {
    fileprivate var tree: PlanTree {
        switch self {
        case .secret(let name): .object([("secret", .string(name))])
        case .aws(let id, let region):
            .object([("awsSecret", .string(id))] + (region.map { [("awsRegion", .string($0))] } ?? []))
        case .gcp(let id): .object([("gcpSecret", .string(id))])
        case .azure(let vault, let secret):
            .object([("azureVault", .string(vault)), ("azureSecret", .string(secret))])
        case .commandLine: .object([("commandLine", .bool(true))])
        }
    }
}

extension FuseSettings {
    fileprivate var tree: PlanTree {
        var members: [(String, PlanTree)] = []
        if audit { members.append(("audit", .bool(true))) }
        if directIO { members.append(("directIO", .bool(true))) }
        if let memoryLimit { members.append(("memoryLimit", .number(Int64(memoryLimit)))) }
        return .object(members)
    }
}

extension FileAccess {
    fileprivate var tree: PlanTree {
        .object(
            [("user", user), ("group", group), ("mode", mode)].compactMap { key, value in
                value.map { (key, .number(Int64($0))) }
            })
    }
}

extension Notification {
    fileprivate var tree: PlanTree {
        .object(
            (signal.map { [("signal", .string($0))] } ?? [])
                + (containers.isEmpty ? [] : [("containers", .strings(containers))])
                + (reloadURL.map { [("reloadURL", .string($0))] } ?? []))
    }
}

extension ProxySettings {
    fileprivate var tree: PlanTree {
        .object([("url", .string(url)), ("exceptions", .strings(exceptions))])
    }
}
