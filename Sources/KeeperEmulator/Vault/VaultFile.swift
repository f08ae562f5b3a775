import KeeperCrypto
import SecretMemory
import Yams

/// Reads a vault from YAML.
///
///     application: Shop
///     folders:                            # shared folders; `folders` in them are sub-folders
///       - name: Production
///         records:
///           - title: Payments database    # required
///             type: databaseCredentials   # default login
///             fields:                     # NAME: VALUE, where NAME is the type …
///               login: app
///               password: s3cret
///               host: {hostName: db.internal, port: "5432"}
///               url: [https://a, https://b]
///               oneTimeCode:              # nothing entered
///             custom:                     # … or a list, for labels
///               - {type: text, label: API Key, value: abc}
///             files:
///               - {name: readme.txt, type: text/plain, text: "hello"}
///     records: []                         # shared by themselves, outside of any folder
///
/// Further keys of a record: `uid`, `notes`, `revision`, `editable`, `links`, `direct: true` (in a
/// folder and by itself as well), `shortcuts: [FOLDER UID]` (in those folders too), `keyless: true`. A file has `text`, `base64`, `random: BYTES` or
/// `generate: certificate` / `generate: key`; so may a field in the list form have `generate`, and both
/// come from one pair for each record. Uids that are left out are derived from the place in the file, so
/// they stay the same from start to start.
struct VaultFile {
    private let authority: CertificateAuthority
    private var folders: [EmulatorFolder] = []
    private var records: [EmulatorRecord] = []

    /// - Throws: `VaultError`, with the place in the file.
    static func read(_ text: String) throws -> EmulatorVault {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw VaultError.file(place: "YAML", reason: "\(error)")
        }
        guard let root else { throw VaultError.file(place: "YAML", reason: "the file is empty") }
        var file = VaultFile(authority: try CertificateAuthority(name: "Sample CA"))
        let top = try VaultNode(root, place: "top").mapping(
            allowing: ["application", "warnings", "folders", "records"])
        try file.readContents(of: top, parent: nil)
        var vault = try EmulatorVault(
            application: try top.string("application") ?? "Emulated application", folders: file.folders,
            records: file.records)
        vault.warnings = try top.list("warnings").map { try $0.scalarText() }
        return vault
    }

    private init(authority: CertificateAuthority) { self.authority = authority }

    private mutating func readContents(of node: VaultNode, parent: EmulatorFolder?) throws {
        for item in try node.list("folders") {
            let item = try item.mapping(allowing: ["uid", "name", "folders", "records"])
            let folder = EmulatorFolder(
                uid: try item.string("uid") ?? item.derivedUID(), name: try item.required("name"),
                parent: parent?.uid)
            folders.append(folder)
            try readContents(of: item, parent: folder)
        }
        for item in try node.list("records") { records.append(try record(item, in: parent)) }
    }

    private func record(_ item: VaultNode, in folder: EmulatorFolder?) throws -> EmulatorRecord {
        let item = try item.mapping(allowing: [
            "uid", "title", "type", "notes", "fields", "custom", "files", "links", "revision", "editable",
            "direct", "keyless", "shortcuts",
        ])
        let title = try item.required("title")
        var pair: CertificateAuthority.Identity?
        let generate = { (node: VaultNode) throws -> String in
            let made = try pair ?? authority.issue(names: ["shop.example", "www.shop.example"])
            pair = made
            switch try node.scalarText() {
            case "certificate": return made.certificate
            case "key": return made.key
            default: throw node.error("generate is certificate or key")
            }
        }
        return EmulatorRecord(
            uid: try item.string("uid") ?? item.derivedUID(), title: title,
            type: try item.string("type") ?? "login", notes: try item.string("notes"),
            fields: try fields(item["fields"], generate), custom: try fields(item["custom"], generate),
            files: try item.list("files").map { try file($0, generate) },
            links: try item.list("links").map { try $0.scalarText() },
            revision: try item.integer("revision") ?? 1, isEditable: try item.flag("editable") ?? true,
            folder: folder?.uid, shortcuts: try item.list("shortcuts").map { try $0.scalarText() },
            isSharedDirectly: try folder == nil || item.flag("direct") ?? false,
            isKeyless: try item.flag("keyless") ?? false)
    }

    private func fields(
        _ node: VaultNode?, _ generate: (VaultNode) throws -> String
    ) throws -> [EmulatorField] {
        guard let node else { return [] }
        if node.isMapping {
            return try node.members().map { key, value in EmulatorField(type: key, value: try value.values())
            }
        }
        return try node.elements().map { item in
            let item = try item.mapping(allowing: ["type", "label", "value", "generate"])
            let made = try item["generate"].map { [JSON.string(try generate($0))] }
            return EmulatorField(
                type: try item.string("type") ?? "text", label: try item.string("label"),
                value: try made ?? item["value"]?.values() ?? [])
        }
    }

    private func file(_ item: VaultNode, _ generate: (VaultNode) throws -> String) throws -> EmulatorFile {
        let item = try item.mapping(allowing: [
            "uid", "name", "title", "type", "text", "base64", "random", "generate",
        ])
        let content: [UInt8]
        if let text = try item.string("text") {
            content = Array(text.utf8)
        } else if let text = try item.string("base64") {
            guard let bytes = Base64.decode(text) else { throw item.error("base64 is malformed") }
            content = bytes.withUnsafeBytes { Array($0) }
        } else if let count = try item.integer("random") {
            content = try randomNonce(count)
        } else if let kind = item["generate"] {
            content = Array(try generate(kind).utf8)
        } else {
            throw item.error("a file has text, base64, random or generate")
        }
        return EmulatorFile(
            uid: try item.string("uid") ?? item.derivedUID(), name: try item.required("name"),
            title: try item.string("title"), type: try item.string("type") ?? "application/octet-stream",
            content: content)
    }
}

extension EmulatorVault {
    /// Reads a vault file; see `VaultFile` for its form.
    ///
    /// - Throws: `VaultError`, with the place in the file.
    package init(yaml: String) throws { self = try VaultFile.read(yaml) }
}
