import Plan

extension Vault {
    /// Finds a record by uid, then by title.
    ///
    /// - Parameters:
    ///   - strict: two records of one title are an error.
    ///   - path: the names of the folders it lies in, from the top; empty: anywhere.
    /// - Returns: the record, the first in the answer's order; `ambiguous` has the uids of others of
    ///   the same title.
    /// - Throws: `LookupError` with the nearest titles.
    package func record(
        _ name: String, in path: [String] = [], strict: Bool
    ) throws(LookupError) -> (record: Record, ambiguous: [String]) {
        if !path.isEmpty {
            var inside = self
            inside.records = records(in: try folders(at: path))
            return try inside.record(name, strict: strict)
        }
        // Uids are compared first, whatever their look: a title of 22 letters may look like one too.
        if let record = records.first(where: { isSame($0.uid, name) }) { return (record, []) }
        if let damage = damaged.first(where: { $0.kind == .record && isSame($0.uid, name) }) {
            throw .unreadable(uid: damage.uid, reason: damage.reason)
        }
        let matches = records.filter { isSame($0.title, name) }
        guard let first = matches.first else {
            if let uid = formerTitles[name], let renamed = records.first(where: { $0.uid == uid }) {
                throw .renamed(name, to: renamed.title, uid: uid)
            }
            throw .noRecord(
                name, nearest: nearest(to: name, among: Set(records.map(\.title))),
                unreadable: damaged.count { $0.kind == .record })
        }
        guard !strict || matches.count == 1 else {
            throw .ambiguousTitle(name, uids: matches.map(\.uid))
        }
        return (first, matches.dropFirst().map(\.uid))
    }

    /// The folders at a path of names.
    /// - Throws: `noFolder` with the nearest names.
    package func folders(at path: [String]) throws(LookupError) -> Set<String> {
        let uids = folders.uids(at: path)
        guard uids.isEmpty else { return Set(uids) }
        throw .noFolder(
            path, nearest: nearest(to: path.last ?? "", among: Set(folders.names(beside: path))))
    }

    /// Records that lie in one of these folders themselves, in the answer's order.
    package func records(in folders: Set<String>) -> [Record] {
        records.filter { !folders.isDisjoint(with: $0.folders) }
    }
}

/// Byte by byte, as the official client compares: Swift's `==` equates composed and decomposed letters.
func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
