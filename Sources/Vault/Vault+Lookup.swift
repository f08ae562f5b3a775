import Plan

extension Vault {
    /// Finds a record by uid, then by title.
    ///
    /// - Parameter strict: two records of one title are an error.
    /// - Returns: the record, the first in the answer's order; `ambiguous` has the uids of others of
    ///   the same title.
    /// - Throws: `LookupError` with the nearest titles.
    package func record(
        _ name: String, strict: Bool
    ) throws(LookupError) -> (record: Record, ambiguous: [String]) {
        // Uids are compared first, whatever their look: a title of 22 letters may look like one too.
        if let record = records.first(where: { isSame($0.uid, name) }) { return (record, []) }
        if let damage = damaged.first(where: { $0.kind == .record && isSame($0.uid, name) }) {
            throw .unreadable(uid: damage.uid, reason: damage.reason)
        }
        let matches = records.filter { isSame($0.title, name) }
        guard let first = matches.first else {
            throw .noRecord(
                name, nearest: nearest(to: name, among: Set(records.map(\.title))),
                unreadable: damaged.count { $0.kind == .record })
        }
        guard !strict || matches.count == 1 else {
            throw .ambiguousTitle(name, uids: matches.map(\.uid))
        }
        return (first, matches.dropFirst().map(\.uid))
    }
}

/// Byte by byte, as the official client compares: Swift's `==` equates composed and decomposed letters.
func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
