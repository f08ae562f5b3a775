import Plan
import SecretMemory
import Vault

/// Decrypts the answer of `get_secret` (KSM-PROTOCOL, section 3).
///
/// One record, file or folder that cannot be read does not take the others down.
struct VaultReader {
    private let appKey: SecretBytes
    private var records: [Record] = []
    /// Where each uid's record is; a record shared twice arrives twice.
    private var places: [String: Int] = [:]
    private var damaged: [Vault.Damage] = []

    init(appKey: SecretBytes) { self.appKey = appKey }

    consuming func read(_ answer: JSONValue) -> Vault {
        for record in answer["records"]?.elements ?? [] {
            add(record, wrappingKey: appKey, folderUID: nil)
        }
        for folder in answer["folders"]?.elements ?? [] { add(folder: folder) }
        // What was unreadable in one place may have been readable in another.
        let readable = places
        let damaged = damaged.filter { $0.kind != .record || readable[$0.uid] == nil }
        let expiry = answer["expiresOn"]?.integer ?? 0
        return Vault(
            records: records, damaged: damaged,
            warnings: (answer["warnings"]?.elements ?? []).compactMap { $0.string.map { printable($0) } },
            expiresOn: expiry > 0 ? expiry : nil)
    }

    private mutating func add(folder: JSONValue) {
        let uid = folder["folderUid"]?.string ?? ""
        let records = folder["records"]?.elements ?? []
        do throws(Unreadable) {
            let key = try Sealed.checkKey(
                Sealed.gcm(folder["folderKey"], "key", key: appKey), "key")
            for record in records { add(record, wrappingKey: key, folderUID: uid) }
        } catch {
            damaged.append(Vault.Damage(kind: .folder, uid: shown(uid), reason: error.reason))
            for record in records {
                note(.record, record["recordUid"]?.string, "its folder \(shown(uid)) cannot be decrypted")
            }
        }
    }

    private mutating func add(_ value: JSONValue, wrappingKey: SecretBytes, folderUID: String?) {
        guard let uid = value["recordUid"]?.string, !uid.isEmpty else {
            return note(.record, nil, "it has no uid")
        }
        if let place = places[uid] {
            let folder =
                value["innerFolderUid"]?.nonEmptyString ?? value["folderUid"]?.nonEmptyString ?? folderUID
            if let folder, !records[place].folders.contains(folder) {
                records[place].otherFolderUIDs.append(folder)
            }
            return
        }
        do throws(Unreadable) {
            let record = try read(value, uid: uid, wrappingKey: wrappingKey, folderUID: folderUID)
            places[uid] = records.count
            records.append(record)
        } catch {
            note(.record, uid, error.reason)
        }
    }

    private mutating func read(
        _ value: JSONValue, uid: String, wrappingKey: SecretBytes, folderUID: String?
    ) throws(Unreadable) -> Record {
        let key = try recordKey(of: value, wrappingKey: wrappingKey)
        let data = try Sealed.object(Sealed.gcm(value["data"], "data", key: key), "data")
        guard var record = Record(uid: uid, data: data) else {
            throw Unreadable("its data is no JSON object")
        }
        record.revision = value["revision"]?.integer ?? 0
        record.folderUID = value["folderUid"]?.nonEmptyString ?? folderUID
        record.innerFolderUID = value["innerFolderUid"]?.nonEmptyString
        for file in value["files"]?.elements ?? [] {
            do throws(Unreadable) {
                record.attachments.append(try attachment(file, recordKey: key))
            } catch {
                note(.file, file["fileUid"]?.string, error.reason + " (record \(shown(uid)))")
            }
        }
        return record
    }

    /// Absent or empty: the wrapping key itself is the record's.
    private func recordKey(
        of value: JSONValue, wrappingKey: SecretBytes
    ) throws(Unreadable) -> SecretBytes {
        guard let sealed = value["recordKey"], !sealed.isNull, !sealed.isString("") else {
            return wrappingKey
        }
        return try Sealed.checkKey(Sealed.gcm(sealed, "key", key: wrappingKey), "key")
    }

    private func attachment(_ file: JSONValue, recordKey: SecretBytes) throws(Unreadable) -> Attachment {
        guard let uid = file["fileUid"]?.nonEmptyString else { throw Unreadable("it has no uid") }
        let key = try Sealed.checkKey(Sealed.gcm(file["fileKey"], "key", key: recordKey), "key")
        let data = try Sealed.object(Sealed.gcm(file["data"], "data", key: key), "data")
        return Attachment(
            uid: uid, name: data["name"]?.string ?? "", title: data["title"]?.string ?? "",
            mediaType: data["type"]?.string ?? "", size: data["size"]?.integer ?? 0,
            lastModified: data["lastModified"]?.integer ?? 0, url: file["url"]?.string ?? "", key: key)
    }

    private mutating func note(_ kind: Vault.Damage.Kind, _ uid: String?, _ reason: String) {
        damaged.append(Vault.Damage(kind: kind, uid: shown(uid ?? ""), reason: reason))
    }

    /// A uid is text from outside that goes into logs.
    private func shown(_ uid: String) -> String { uid.isEmpty ? "without uid" : printable(uid, limit: 40) }
}

extension JSONValue {
    /// The text of a string that has one.
    var nonEmptyString: String? { string.flatMap { $0.isEmpty ? nil : $0 } }
}
