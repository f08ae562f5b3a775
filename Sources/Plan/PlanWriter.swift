internal import SecretMemory

extension Plan {
    /// The version of the JSON this code writes and reads.
    package static let version: Int64 = 1

    /// The Plan as JSON without white space, as it travels in `KEEPER_INJECTOR_CONFIG`. The same Plan
    /// gives the same bytes.
    package var json: [UInt8] { encoded(indented: false) }

    /// The same for people: two spaces for each level and a final newline.
    package var prettyJSON: [UInt8] { encoded(indented: true) }

    private func encoded(indented: Bool) -> [UInt8] {
        var buffer = SecretBuffer(capacity: 1024)
        tree.append(to: &buffer, level: indented ? 0 : nil)
        if indented { buffer.append("\n") }
        return buffer.withUnsafeBytes { Array($0) }
    }

    private var tree: PlanTree {
        .object([
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
        ])
    }
}

extension ConfigurationSource {
    fileprivate var tree: PlanTree {
        switch self {
        case .secret(let name): .object([("secret", .string(name))])
        case .aws(let id, let region):
            .object(
                [("awsSecret", .string(id))]
                    + (region.map { [("awsRegion", .string($0))] } ?? []))
        case .gcp(let id): .object([("gcpSecret", .string(id))])
        case .azure(let vault, let secret):
            .object([("azureVault", .string(vault)), ("azureSecret", .string(secret))])
        case .commandLine: .object([("commandLine", .bool(true))])
        }
    }
}

extension Selection {
    fileprivate var tree: PlanTree {
        .object(
            [("origin", .string(origin))] + target.members + output.members + [
                ("format", .string(format.name))
            ])
    }
}

extension Selection.Target {
    fileprivate var members: [(String, PlanTree)] {
        switch self {
        case .record(let record): [("record", .string(record))]
        case .field(let record, let name): [("record", .string(record)), ("field", .string(name))]
        case .notation(let notation, let folder):
            [("notation", .string(notation.text))]
                + (folder.isEmpty ? [] : [("folder", .array(folder.map { .string($0) }))])
        case .attachment(let record, let name): [("record", .string(record)), ("file", .string(name))]
        }
    }
}

extension Selection.Output {
    fileprivate var members: [(String, PlanTree)] {
        switch self {
        case .path(let path): [("path", .string(path.description))]
        case .namedByTitle(let directory, let suffix):
            [("directory", .string(directory.description)), ("suffix", .string(suffix))]
        case .noFile: []
        }
    }
}

/// JSON to be written, keys in the order given.
private indirect enum PlanTree {
    case string(String)
    case number(Int64)
    case bool(Bool)
    case array([PlanTree])
    case object([(String, PlanTree)])

    /// - Parameter level: the depth for indentation; `nil` writes no white space.
    func append(to buffer: inout SecretBuffer, level: Int?) {
        switch self {
        case .string(let text): buffer.appendJSONString(text)
        case .number(let number): buffer.append(String(number))
        case .bool(let flag): buffer.append(flag ? "true" : "false")
        case .array(let elements):
            PlanTree.appendList("[", "]", elements.count, to: &buffer, level: level) { buffer, index, level in
                elements[index].append(to: &buffer, level: level)
            }
        case .object(let members):
            PlanTree.appendList("{", "}", members.count, to: &buffer, level: level) { buffer, index, level in
                buffer.appendJSONString(members[index].0)
                buffer.append(level == nil ? ":" : ": ")
                members[index].1.append(to: &buffer, level: level)
            }
        }
    }

    private static func appendList(
        _ opening: String, _ closing: String, _ count: Int, to buffer: inout SecretBuffer, level: Int?,
        element: (inout SecretBuffer, Int, Int?) -> Void
    ) {
        buffer.append(opening)
        let inner = level.map { $0 + 1 }
        for index in 0..<count {
            if index > 0 { buffer.append(",") }
            if let inner { buffer.appendNewline(level: inner) }
            element(&buffer, index, inner)
        }
        if let level, count > 0 { buffer.appendNewline(level: level) }
        buffer.append(closing)
    }
}
