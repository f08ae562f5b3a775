extension Selection {
    var tree: PlanTree {
        var members: [PlanTree.Member] = [("origin", .string(origin))] + target.members + output.members
        members += format.members
        if !fields.isEmpty { members.append(("fields", .strings(fields))) }
        if let mode { members.append(("mode", .number(Int64(mode)))) }
        if let environment { members.append(("environment", environment.tree)) }
        if let kubernetesSecret { members.append(("kubernetesSecret", kubernetesSecret.tree)) }
        return .object(members)
    }
}

extension FolderSelection {
    var tree: PlanTree {
        var members: [PlanTree.Member] = [("origin", .string(origin))]
        switch folder {
        case .uid(let uid): members.append(("uid", .string(uid)))
        case .path(let names): members.append(("folder", .strings(names)))
        }
        if case .directory(let directory) = output {
            members.append(("directory", .string(directory.description)))
        }
        members += format.members
        if recursive { members.append(("recursive", .bool(true))) }
        if let kubernetesSecret { members.append(("kubernetesSecret", kubernetesSecret.tree)) }
        return .object(members)
    }
}

extension Format {
    fileprivate var members: [PlanTree.Member] {
        if case .template(let source) = self { return [("template", .string(source))] }
        return [("format", .string(name))]
    }
}

extension Selection.Target {
    fileprivate var members: [PlanTree.Member] {
        switch self {
        case .record(let record): [("record", .string(record))]
        case .field(let record, let name): [("record", .string(record)), ("field", .string(name))]
        case .notation(let notation, let folder):
            [("notation", .string(notation.text))] + (folder.isEmpty ? [] : [("folder", .strings(folder))])
        case .attachment(let record, let name): [("record", .string(record)), ("file", .string(name))]
        }
    }
}

extension Selection.Output {
    fileprivate var members: [PlanTree.Member] {
        switch self {
        case .path(let path): [("path", .string(path.description))]
        case .namedByTitle(let directory, let suffix):
            [("directory", .string(directory.description)), ("suffix", .string(suffix))]
        case .noFile: []
        }
    }
}

extension EnvironmentVariables {
    fileprivate var tree: PlanTree {
        .object([("prefix", .string(prefix))] + (names.isEmpty ? [] : [("names", names.tree)]))
    }
}

extension KubernetesSecret {
    fileprivate var tree: PlanTree {
        var members: [PlanTree.Member] = [("name", .string(name))]
        if let namespace { members.append(("namespace", .string(namespace))) }
        members += [("mode", .string(mode.rawValue)), ("type", .string(type))]
        if !keys.isEmpty { members.append(("keys", keys.tree)) }
        members += [("rotates", .bool(rotates)), ("hasOwner", .bool(hasOwner))]
        return .object(members)
    }
}

extension [FieldName] {
    fileprivate var tree: PlanTree { .object(map { ($0.field, .string($0.name)) }) }
}
