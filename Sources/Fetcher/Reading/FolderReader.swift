import Plan
import SecretMemory
import Vault

/// Decrypts the answer of `get_folders` (KSM-PROTOCOL, section 3), in whatever order the folders come.
struct FolderReader {
    private let appKey: SecretBytes
    private let folders: [(uid: String, value: JSONValue)]
    private let parents: [String: String]
    /// The keys of shared root folders, which wrap those of all folders below.
    private var rootKeys: [String: Result<SecretBytes, Unreadable>] = [:]

    private static let deepest = 100

    init(appKey: SecretBytes, answer: JSONValue) {
        self.appKey = appKey
        var seen: Set<String> = []
        folders = (answer["folders"]?.elements ?? []).compactMap { value in
            guard let uid = value["folderUid"]?.nonEmptyString, seen.insert(uid).inserted else {
                return nil
            }
            return (uid, value)
        }
        parents = Dictionary(
            uniqueKeysWithValues: folders.map { ($0.uid, $0.value["parent"]?.string ?? "") })
    }

    consuming func read() -> (folders: [Folder], damaged: [Vault.Damage]) {
        var readable: [Folder] = []
        var damaged: [Vault.Damage] = []
        for (uid, value) in folders where value["parent"]?.nonEmptyString == nil {
            rootKeys[uid] = Result { () throws(Unreadable) in
                try Sealed.checkKey(Sealed.gcm(value["folderKey"], "key", key: appKey), "key")
            }
        }
        for (uid, value) in folders {
            do throws(Unreadable) {
                readable.append(try folder(uid, value))
            } catch {
                damaged.append(
                    Vault.Damage(
                        kind: .folder, uid: printable(uid, limit: 40), reason: error.reason))
            }
        }
        return (readable, damaged)
    }

    private func folder(_ uid: String, _ value: JSONValue) throws(Unreadable) -> Folder {
        let parent = value["parent"]?.nonEmptyString
        let root = try rootKey(above: uid)
        let key =
            if parent == nil { root } else {
                try Sealed.checkKey(Sealed.cbc(value["folderKey"], "key", key: root), "key")
            }
        var name = ""
        if value["data"]?.nonEmptyString != nil {
            let data = try Sealed.object(Sealed.cbc(value["data"], "data", key: key), "data")
            name = data["name"]?.string ?? ""
        }
        return Folder(uid: uid, name: name, parentUID: parent)
    }

    private func rootKey(above uid: String) throws(Unreadable) -> SecretBytes {
        var current = uid
        for _ in 0..<FolderReader.deepest {
            guard let parent = parents[current] else {
                throw Unreadable("the folder \(printable(current, limit: 40)) above it is missing")
            }
            if parent.isEmpty {
                guard let key = rootKeys[current] else { throw Unreadable("its shared folder has no key") }
                return try key.get()
            }
            current = parent
        }
        throw Unreadable("it lies in a circle of folders, or deeper than \(FolderReader.deepest)")
    }
}
