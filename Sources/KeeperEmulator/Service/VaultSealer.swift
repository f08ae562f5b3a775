import KeeperCrypto
import SecretMemory

/// Encrypts the vault as Keeper keeps it (KSM-PROTOCOL, section 3).
///
/// Keeper stores records encrypted and hands the same bytes to everybody, so what is sealed here is
/// kept until the record's revision changes; a request then costs no more than its own encryption.
struct VaultSealer {
    let appKey: SecretBytes
    /// Where the addresses of files point: `https://HOST`.
    var base = ""

    private var keys: [String: SecretBytes] = [:]
    private var records: [RecordForm: (revision: Int, json: [UInt8])] = [:]
    private var folders: [EmulatorFolder: [UInt8]] = [:]
    private var tokens: [FileVersion: String] = [:]
    private var downloads: [String: Download] = [:]

    /// A record as one of the places wraps it.
    private struct RecordForm: Hashable {
        let uid: String
        /// `nil`: shared by itself.
        let place: Place?
        let hasLinks: Bool
    }

    /// A folder that shows a record, and the shared folder above it, whose key wraps the record's.
    struct Place: Hashable {
        let sharedFolder: String
        let folder: String
    }

    private struct FileVersion: Hashable {
        let uid: String
        let revision: Int
        let lastModified: Int
    }

    /// An encrypted file behind an address.
    struct Download {
        let uid: String
        let sealed: [UInt8]
    }

    init() throws(CryptoError) { appKey = try randomBytes(32) }

    /// A record in the answer.
    ///
    /// - Parameters:
    ///   - place: the folder that shows it; `nil` when it is shared by itself.
    ///   - isCorrupt: changes one byte of the data.
    mutating func seal(
        _ record: EmulatorRecord, at place: Place?, withLinks: Bool, isCorrupt: Bool = false
    ) throws(CryptoError) -> [UInt8] {
        let form = RecordForm(uid: record.uid, place: place, hasLinks: withLinks)
        if !isCorrupt, let kept = records[form], kept.revision == record.revision { return kept.json }

        let wrapping = if let place { try key(place.sharedFolder) } else { appKey }
        let recordKey = record.isKeyless ? wrapping : try key(record.uid)
        var data = try seal(record.data.bytes, recordKey)
        if isCorrupt { data[data.count / 2] ^= 1 }
        var members: [JSON.Member] = [.init("recordUid", .string(record.uid))]
        if !record.isKeyless {
            members.append(.init("recordKey", .string(base64(try AES.sealGCM(recordKey, key: wrapping)))))
        }
        members += [
            .init("data", .string(base64(data))), .init("revision", .number(record.revision)),
            .init("isEditable", .bool(record.isEditable)),
        ]
        if let place {
            members.append(.init("folderUid", .string(place.sharedFolder)))
            if place.folder != place.sharedFolder {
                members.append(.init("innerFolderUid", .string(place.folder)))
            }
        }
        if !record.files.isEmpty {
            var files: [JSON] = []
            for file in record.files {
                files.append(try seal(file, revision: record.revision, recordKey: recordKey))
            }
            members.append(.init("files", .array(files)))
        }
        if withLinks {
            let links = record.links.map { JSON.object([.init("recordUid", .string($0))]) }
            members.append(.init("links", .array(links)))
        }
        let json = JSON.object(members).bytes
        if !isCorrupt { records[form] = (record.revision, json) }
        return json
    }

    /// A folder in the answer of `get_folders`.
    mutating func seal(_ folder: EmulatorFolder, sharedFolder: String) throws(CryptoError) -> [UInt8] {
        if let kept = folders[folder] { return kept }
        let own = try key(folder.uid)
        let shared = try key(sharedFolder)
        let wrapped =
            folder.parent == nil
            ? try AES.sealGCM(own, key: appKey) : try AES.sealCBC(own, key: shared)
        let name = SecretBytes((["name": .string(folder.name)] as JSON).bytes)
        let json: JSON = [
            "folderUid": .string(folder.uid), "parent": .string(folder.parent ?? ""),
            "folderKey": .string(base64(wrapped)), "data": .string(base64(try AES.sealCBC(name, key: own))),
        ]
        folders[folder] = json.bytes
        return json.bytes
    }

    /// base64 of a shared folder's key, wrapped for the application.
    mutating func wrappedKey(ofSharedFolder uid: String) throws(CryptoError) -> String {
        base64(try AES.sealGCM(try key(uid), key: appKey))
    }

    /// `appData` of an answer.
    func sealAppData(_ data: JSON) throws(CryptoError) -> [UInt8] { try seal(data.bytes, appKey) }

    func download(token: String) -> Download? { downloads[token] }

    private mutating func seal(
        _ file: EmulatorFile, revision: Int, recordKey: SecretBytes
    ) throws(CryptoError) -> JSON {
        let fileKey = try key(file.uid)
        let version = FileVersion(uid: file.uid, revision: revision, lastModified: file.lastModified)
        let token: String
        if let known = tokens[version] {
            token = known
        } else {
            // The address alone lets one in, as a pre-signed one does: it must not be guessed.
            token = Base64.encode(try randomBytes(24), alphabet: .urlSafe)
            tokens[version] = token
            downloads[token] = Download(uid: file.uid, sealed: try seal(file.content, fileKey))
        }
        return [
            "fileUid": .string(file.uid),
            "fileKey": .string(base64(try AES.sealGCM(fileKey, key: recordKey))),
            "data": .string(base64(try seal(file.metadata.bytes, fileKey))),
            "url": .string("\(base)/files/\(token)"),
        ]
    }

    private mutating func key(_ uid: String) throws(CryptoError) -> SecretBytes {
        if let known = keys[uid] { return known }
        let key = try randomBytes(32)
        keys[uid] = key
        return key
    }

    private func seal(_ bytes: [UInt8], _ key: SecretBytes) throws(CryptoError) -> [UInt8] {
        try AES.sealGCM(SecretBytes(bytes), key: key)
    }
}

/// Standard base64 of bytes that are no secret.
func base64(_ bytes: [UInt8], _ alphabet: Base64.Alphabet = .standard) -> String {
    bytes.withUnsafeBytes { Base64.encode($0, alphabet: alphabet) }
}
