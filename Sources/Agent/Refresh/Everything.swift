import Plan
import Vault

/// One file for each record that Keeper shows: `keeper-injector mount` without a selection.
struct Everything {
    let secretsPath: AbsolutePath

    func selections(in vault: Vault) -> [Selection] {
        let names = vault.records.map { fileName(forTitle: $0.title, uid: $0.uid) }
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(vault.records, names).compactMap { record, name in
            // Two records of one title: each by its uid.
            let unique = counts[name] == 1 ? name : "\(name)-\(record.uid)"
            guard let path = try? secretsPath.appending(unique + ".json") else { return nil }
            return Selection(
                origin: record.uid, target: .record(record.uid), output: .path(path), format: .json)
        }
    }
}
