/// One thing to fetch, and what becomes of it.
package struct Selection: Equatable, Sendable {
    /// The annotation it comes from, without the prefix: for messages.
    package var origin: String
    package var target: Target
    package var output: Output
    package var format: Format
    /// `fields`: the only ones that are written; empty: all.
    package var fields: [String] = []
    /// `mode` of this file alone.
    package var mode: UInt32?
    /// `injectAsEnvVars`.
    package var environment: EnvironmentVariables?
    /// `injectAsK8sSecret`.
    package var kubernetesSecret: KubernetesSecret?

    package init(origin: String, target: Target, output: Output, format: Format) {
        self.origin = origin
        self.target = target
        self.output = output
        self.format = format
    }

    /// What is selected.
    package enum Target: Equatable, Sendable {
        /// All fields of a record, found by title or uid.
        case record(String)
        /// One field of a record, by label or type, as in the map of fields (KSM-PROTOCOL, section 6).
        case field(record: String, name: String)
        /// Keeper notation (KSM-PROTOCOL, section 5). `folder`: the names of the folders the record lies
        /// in, from the top; empty: anywhere.
        case notation(Notation, folder: [String] = [])
        /// An attachment's exact bytes.
        case attachment(record: String, name: String)

        /// The title or uid of the record.
        package var record: String {
            switch self {
            case .record(let name), .field(let name, _), .attachment(let name, _): name
            case .notation(let notation, _): notation.record
            }
        }
    }

    /// Where it goes.
    package enum Output: Equatable, Sendable {
        case path(AbsolutePath)
        /// `<directory>/<name>` + suffix, with the name made from the record's title when it is known
        /// (contract, section 1).
        case namedByTitle(directory: AbsolutePath, suffix: String)
        /// No file: environment variables or a Kubernetes Secret alone.
        case noFile
    }
}

/// How a selection is written (contract, section 8).
package enum Format: Equatable, Sendable {
    case json, env, properties, yaml, ini, raw
    /// Go `text/template` with Sprig: its source.
    case template(String)

    /// As it is written in annotations and in the Plan.
    package var name: String {
        if case .template = self { return "template" }
        return Format.named.first { $0.format == self }?.name ?? ""
    }

    /// What `format` may say; a template is asked for by `template`.
    package static let named: [(name: String, format: Format)] = [
        ("json", .json), ("env", .env), ("properties", .properties), ("yaml", .yaml), ("ini", .ini),
        ("raw", .raw),
    ]
}

/// A folder whose records all become files `<directory>/<name>.<format>`.
package struct FolderSelection: Equatable, Sendable {
    package var origin: String
    package var folder: Folder
    package var output: Output
    package var format: Format = .json
    package var recursive = false
    package var kubernetesSecret: KubernetesSecret?

    package init(origin: String, folder: Folder, output: Output) {
        self.origin = origin
        self.folder = folder
        self.output = output
    }

    package enum Folder: Equatable, Sendable {
        case uid(String)
        /// Names from the top.
        case path([String])
    }

    package enum Output: Equatable, Sendable {
        case directory(AbsolutePath)
        /// Kubernetes Secrets alone.
        case noFiles
    }
}

/// How a record becomes environment variables (contract, section 6).
package struct EnvironmentVariables: Equatable, Sendable {
    package var prefix: String
    /// Field → name, sorted by field. Fields not listed are named by the rule of section 6.
    package var names: [FieldName]

    package init(prefix: String = "", names: [FieldName] = []) {
        self.prefix = prefix
        self.names = names
    }
}

/// A field and what it is called where it goes.
package struct FieldName: Equatable, Sendable {
    package var field: String
    package var name: String

    package init(field: String, name: String) {
        self.field = field
        self.name = name
    }
}

/// The Kubernetes Secret that a controller writes (contract, section 7).
package struct KubernetesSecret: Equatable, Sendable {
    /// Its name; for a folder the prefix of names.
    package var name: String
    /// `nil`: the pod's own.
    package var namespace: String?
    package var mode: Mode = .overwrite
    /// `Opaque`, `kubernetes.io/tls`, …
    package var type = "Opaque"
    /// Field → key, sorted by field; empty: all fields by their names.
    package var keys: [FieldName] = []
    /// `k8s-secret-rotation`.
    package var rotates = true
    /// `k8s-secret-owner-ref`.
    package var hasOwner = true

    package init(name: String) { self.name = name }

    package enum Mode: String, CaseIterable, Sendable {
        case overwrite, merge
        case skipIfExists = "skip-if-exists"
        case fail
    }
}
