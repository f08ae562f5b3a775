import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// A whole vault as the official Python client reads it; the form is told in `dump_vault.py`.
///
/// - Parameters:
///   - configuration: a file of a client's configuration.
///   - authority: a PEM file.
func officialDump(configuration: String, authority: String) throws -> JSON {
    let result = try run(Peers.python, [Peers.script("dump_vault.py"), configuration, authority])
    try #require(result.status == 0, "\(result.errors)")
    return try JSON(parsing: Array(result.output.utf8))
}

extension JSON {
    /// Itself with the members of all objects in the order of their keys, which has no meaning.
    var sorted: JSON {
        switch self {
        case .object(let members):
            .object(members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value.sorted) })
        case .array(let elements): .array(elements.map(\.sorted))
        default: self
        }
    }
}
