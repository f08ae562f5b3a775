package import Plan

/// Why a record or a part of it was not found. It holds names alone, no value.
package enum LookupError: ExplainedError, Equatable {
    /// No record of that uid or title. `nearest` are titles like it; `unreadable` counts the records
    /// whose titles are not known, since they could not be decrypted.
    case noRecord(String, nearest: [String], unreadable: Int)
    /// The record is there but could not be decrypted.
    case unreadable(uid: String, reason: String)
    /// No record has that title any more; the one that had it is called `to` now.
    case renamed(String, to: String, uid: String)
    /// Several records have that title.
    case ambiguousTitle(String, uids: [String])
    /// No folder at that path of names. `nearest` are names beside the first one that is not there.
    case noFolder([String], nearest: [String])
    /// No folder of that uid, or no record in it.
    case emptyFolder(String)
    /// No field of that type or label; `elsewhere` is the selector that would find one.
    case noField(String, record: String, nearest: [String], elsewhere: String?)
    /// Several fields have that type or label.
    case ambiguousField(String, record: String, count: Int)
    /// `[n]` beyond the values of a field.
    case indexOutOfBounds(Int, count: Int, field: String, record: String)
    /// No attachment of that name, title or uid.
    case noFile(String, record: String, nearest: [String])
    /// Several attachments have that name or title.
    case ambiguousFile(String, record: String, uids: [String])

    package var message: String {
        switch self {
        case .noRecord(let name, _, _): "no record has the title or uid \(quoted(name))"
        case .unreadable(let uid, let reason): "record \(quoted(uid)) cannot be read: \(reason)"
        case .renamed(let title, let new, let uid):
            "the record \(quoted(title)) was renamed: \(uid) has the title \(quoted(new)) now"
        case .ambiguousTitle(let title, let uids):
            "\(uids.count) records have the title \(quoted(title)): \(list(uids))"
        case .noFolder(let path, _): "no folder has the path \(quoted(path.joined(separator: "/")))"
        case .emptyFolder(let uid): "no record lies in the folder \(quoted(uid))"
        case .noField(let name, let record, _, _):
            "record \(quoted(record)) has no field of the type or label \(quoted(name))"
        case .ambiguousField(let name, let record, let count):
            "\(count) fields of record \(quoted(record)) have the type or label \(quoted(name))"
        case .indexOutOfBounds(let index, let count, let field, let record):
            "field \(quoted(field)) of record \(quoted(record)) has \(count) values, so there is no [\(index)]"
        case .noFile(let name, let record, _): "record \(quoted(record)) has no file \(quoted(name))"
        case .ambiguousFile(let name, let record, let uids):
            "\(uids.count) files of record \(quoted(record)) have the name \(quoted(name)): \(list(uids))"
        }
    }

    package var hint: String? {
        switch self {
        case .noRecord(_, let nearest, let unreadable):
            if let guess = didYouMean(nearest) {
                guess
            } else if unreadable > 0 {
                "\(unreadable) records of the application could not be decrypted and have no title here"
            } else {
                "check that the record is shared with this KSM application"
            }
        case .noFolder(_, let nearest):
            didYouMean(nearest) ?? "share the folder with this KSM application; names are case-sensitive"
        case .emptyFolder: "share the folder and its records with this KSM application"
        case .unreadable: "open and save the record in Keeper's vault, or share it anew"
        case .renamed(_, let new, let uid):
            "select \(quoted(new)), or the uid \(quoted(uid)), which stays when a record is renamed"
        case .ambiguousTitle: "use the uid of the one that is meant, or rename the others"
        case .noField(_, _, let nearest, let elsewhere):
            elsewhere.map { "write \(quoted($0))" } ?? didYouMean(nearest)
                ?? "`keeper-injector list` shows the names of a record's fields"
        case .ambiguousField: "give the field a label of its own in Keeper's vault"
        case .indexOutOfBounds(_, let count, _, _):
            count == 0 ? "leave the index out" : "the first value is [0], the last is [\(count - 1)]"
        case .noFile(_, _, let nearest): didYouMean(nearest) ?? "attach the file to the record"
        case .ambiguousFile: "use the uid of the file that is meant"
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .noRecord, .renamed, .noFolder, .emptyFolder, .noField, .noFile, .indexOutOfBounds: .notFound
        case .unreadable, .ambiguousTitle, .ambiguousField, .ambiguousFile: .failed
        }
    }
}

// Titles and labels come from outside; a message is one printable line.
private func quoted(_ name: String) -> String { "'\(printable(name, limit: 100))'" }

private func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map { printable($0, limit: 100) }.joined(separator: ", ")
    return names.count > 10 ? shown + ", …" : shown
}

private func didYouMean(_ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    return "did you mean " + names.map(quoted).joined(separator: " or ") + "?"
}
