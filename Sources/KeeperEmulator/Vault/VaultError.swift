/// Why the emulated vault cannot be made or changed so.
package enum VaultError: Error, Equatable, CustomStringConvertible {
    case unknownRecord(String)
    case ambiguousRecord(String)
    case unknownField(String, record: String)
    case unknownFile(String, record: String)
    case unknownFolder(String)
    case malformedUID(String)
    case takenUID(String)
    /// A vault file: where in it, and what is wrong there.
    case file(place: String, reason: String)

    package var description: String {
        switch self {
        case .unknownRecord(let name): "there is no record '\(name)'"
        case .ambiguousRecord(let title): "several records are titled '\(title)': name one by its uid"
        case .unknownField(let name, let record): "record \(record) has no field '\(name)'"
        case .unknownFile(let name, let record): "record \(record) has no file '\(name)'"
        case .unknownFolder(let uid): "there is no folder '\(uid)'"
        case .malformedUID(let uid): "'\(uid)' is no uid: 22 characters of A-Z a-z 0-9 - _ are expected"
        case .takenUID(let uid): "the uid '\(uid)' is taken"
        case .file(let place, let reason): "vault file, \(place): \(reason)"
        }
    }
}
