import Fetcher
import Injection
import Plan
import Render
import SecretMemory
import Vault

/// Makes of a vault the Secrets that one group of equal pods wants: `(Plan, Vault) → [SecretDraft]`.
struct SecretAssembler {
    let vault: Vault

    /// Fetches an attachment's content.
    typealias Download = (Attachment) throws(KeeperError) -> SecretBytes

    private struct Part {
        var settings: KubernetesSecret
        var data: Result<[String: SecretBytes], SecretProblem>
    }

    /// - Parameter plan: only its selections and folders with a Kubernetes Secret matter.
    func drafts(
        of plan: Plan, in namespace: String, wish: String, download: Download
    ) throws(KeeperError) -> [SecretDraft] {
        var parts: [SecretTarget: [Part]] = [:]
        for selection in plan.selections {
            guard let secret = selection.kubernetesSecret, case .record(let name) = selection.target else {
                continue
            }
            let target = SecretTarget(namespace: secret.namespace ?? namespace, name: secret.name)
            parts[target, default: []].append(
                Part(
                    settings: secret,
                    data: try values(
                        of: name, secret, fields: selection.fields, strict: plan.strictLookup, download)))
        }
        for folder in plan.folders {
            guard let secret = folder.kubernetesSecret else { continue }
            for (target, part) in try folderParts(folder, secret, namespace, download) {
                parts[target, default: []].append(part)
            }
        }
        return parts.sorted { $0.key < $1.key }.map { target, parts in
            SecretDraft(
                target: target, settings: parts[0].settings, data: SecretAssembler.joined(parts), wish: wish)
        }
    }

    private func folderParts(
        _ folder: FolderSelection, _ secret: KubernetesSecret, _ namespace: String,
        _ download: Download
    ) throws(KeeperError) -> [(SecretTarget, Part)] {
        var wanted = folder
        wanted.output = .directory(.defaultSecretsPath)
        let selections: [Selection]
        do throws(RenderError) {
            selections = try vault.selections(of: wanted)
        } catch {
            // There is no telling which Secrets it would have been: the prefix stands for them.
            let problem =
                if case .lookup(let lookup) = error.reason { SecretProblem.lookup(lookup) } else {
                    SecretProblem.name(folder.origin)
                }
            let target = SecretTarget(namespace: secret.namespace ?? namespace, name: secret.name + "*")
            return [(target, Part(settings: secret, data: .failure(problem)))]
        }
        var parts: [(SecretTarget, Part)] = []
        for selection in selections {
            guard case .record(let uid) = selection.target,
                let record = vault.records.first(where: { $0.uid == uid })
            else { continue }
            var own = secret
            own.name += secretName(forTitle: record.title)
            let target = SecretTarget(namespace: secret.namespace ?? namespace, name: own.name)
            parts.append(
                (
                    target,
                    Part(
                        settings: own,
                        data: isSecretName(own.name)
                            ? try values(of: record, own, fields: [], download)
                            : .failure(.name(record.title)))
                ))
        }
        return parts
    }

    private func values(
        of name: String, _ secret: KubernetesSecret, fields: [String], strict: Bool, _ download: Download
    ) throws(KeeperError) -> Result<[String: SecretBytes], SecretProblem> {
        let record: Record
        do throws(LookupError) {
            record = try vault.record(name, strict: strict).record
        } catch {
            return .failure(.lookup(error))
        }
        return try values(of: record, secret, fields: fields, download)
    }

    // MARK: One record

    private func values(
        of record: Record, _ secret: KubernetesSecret, fields: [String], _ download: Download
    ) throws(KeeperError) -> Result<[String: SecretBytes], SecretProblem> {
        let map = FieldMap(record)
        let result =
            secret.keys.isEmpty
            ? try allValues(of: record, map, fields: fields, type: secret.type, download)
            : try namedValues(of: record, map, secret.keys, download)
        return result.flatMap { data in
            SecretTypeRules.problem(data, type: secret.type).map { .failure($0) } ?? .success(data)
        }
    }

    /// `k8sSecretKeys`: each a field, else an attachment.
    private func namedValues(
        of record: Record, _ map: FieldMap, _ names: [FieldName], _ download: Download
    ) throws(KeeperError) -> Result<[String: SecretBytes], SecretProblem> {
        var data: [String: SecretBytes] = [:]
        for name in names {
            guard data[name.name] == nil else { return .failure(.sameKey(name.name)) }
            if let entry = map[name.field] {
                data[name.name] = entry.raw
                continue
            }
            let attachment: Attachment
            do throws(LookupError) {
                attachment = try record.attachment(name.field)
            } catch {
                if case .ambiguousFile = error { return .failure(.lookup(error)) }
                let near = nearest(
                    to: name.field, among: Set(map.keys + record.attachments.map(\.name)), limit: 2)
                return .failure(
                    .lookup(
                        .noField(name.field, record: record.title, nearest: near, elsewhere: nil)))
            }
            switch try content(of: attachment, download) {
            case .success(let content): data[name.name] = content
            case .failure(let problem): return .failure(problem)
            }
        }
        return .success(data)
    }

    /// Every field under its name; for what the type needs beyond, an attachment of that name.
    private func allValues(
        of record: Record, _ map: FieldMap, fields: [String], type: String, _ download: Download
    ) throws(KeeperError) -> Result<[String: SecretBytes], SecretProblem> {
        for field in fields where map[field] == nil {
            let near = nearest(to: field, among: Set(map.keys), limit: 2)
            return .failure(.lookup(.noField(field, record: record.title, nearest: near, elsewhere: nil)))
        }
        var data: [String: SecretBytes] = [:]
        for entry in map.entries where !entry.key.isEmpty {
            // Keeper's list of the record's attachments holds nothing but their uids.
            if fields.isEmpty, entry.key == "fileRef" { continue }
            guard fields.isEmpty || fields.contains(entry.key) else { continue }
            let key = SecretAssembler.key(for: entry.key)
            guard isSecretKey(key) else { return .failure(.name(entry.key)) }
            guard data[key] == nil else { return .failure(.sameKey(key)) }
            data[key] = entry.raw
        }
        if type == "kubernetes.io/basic-auth", data["username"] == nil, let login = data["login"] {
            data["username"] = login
            data["login"] = nil
        }
        for key in SecretTypeRules.keys(of: type) where data[key] == nil {
            guard let attachment = try? record.attachment(key) else { continue }
            switch try content(of: attachment, download) {
            case .success(let content): data[key] = content
            case .failure(let problem): return .failure(problem)
            }
        }
        return .success(data)
    }

    /// A file that is gone or damaged is a problem of this Secret; a Keeper that is away is one of all.
    private func content(
        of attachment: Attachment, _ download: Download
    ) throws(KeeperError) -> Result<SecretBytes, SecretProblem> {
        guard attachment.size <= SecretTypeRules.sizeLimit else {
            return .failure(.tooLarge(size: Int(clamping: attachment.size)))
        }
        do throws(KeeperError) {
            return .success(try download(attachment))
        } catch {
            guard case .attachment = error else { throw error }
            return .failure(.attachment(SecretProblem.KeeperFailure(message: error.message)))
        }
    }

    /// A field's name as a key: what Kubernetes does not take becomes '_'.
    static func key(for field: String) -> String {
        var key = ""
        for scalar in field.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": key.unicodeScalars.append(scalar)
            default: if key.last != "_" { key.append("_") }
            }
        }
        return key
    }

    /// Several records in one Secret: each key once, all or nothing.
    private static func joined(_ parts: [Part]) -> Result<[String: SecretBytes], SecretProblem> {
        guard parts.count > 1 else { return parts[0].data }
        var all: [String: SecretBytes] = [:]
        for part in parts {
            if part.settings.type != parts[0].settings.type { return .failure(.contradiction("types")) }
            switch part.data {
            case .failure(let problem): return .failure(problem)
            case .success(let data):
                for (key, value) in data {
                    if let other = all[key], !other.hasSameBytes(as: value) { return .failure(.sameKey(key)) }
                    all[key] = value
                }
            }
        }
        return SecretTypeRules.problem(all, type: parts[0].settings.type).map { .failure($0) }
            ?? .success(all)
    }
}
