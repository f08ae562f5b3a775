import ArgumentParser
import CommandOptions
import Foundation
import Vault

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the records that the application sees; never a value.")

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var output: Output = .text

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LogOptions

    func run() throws {
        let session = try Session(connection, logging)
        let vault = try session.fetchVault()
        let (folders, damaged) = try session.client.fetchFolders(deadline: nil)
        session.log.damage(damaged)
        let paths = FolderPaths(folders)
        let rows = vault.records.map { record in
            Row(
                uid: record.uid, type: record.type, title: record.title,
                folder: (record.innerFolderUID ?? record.folderUID).map(paths.path),
                fields: FieldMap(record).entries.map(\.key), files: record.attachments.map(\.name))
        }
        switch output {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(rows), as: UTF8.self))
        case .text: print(Row.table(rows), terminator: "")
        }
    }
}

private struct Row: Encodable {
    let uid: String
    let type: String
    let title: String
    let folder: String?
    let fields: [String]
    let files: [String]

    static func table(_ rows: [Row]) -> String {
        let header = ["UID", "TYPE", "TITLE", "FOLDER", "FIELDS", "FILES"]
        let cells =
            [header]
            + rows.map { row in
                [
                    row.uid, row.type, row.title, row.folder ?? "-", row.fields.joined(separator: ", "),
                    row.files.joined(separator: ", "),
                ].map(\.escapingControls)
            }
        let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                if column < line.count - 1 {
                    text += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            while text.hasSuffix(" ") { text.removeLast() }
            return text + "\n"
        }.joined()
    }
}

extension String {
    /// A title from outside may not move the cursor or break the table.
    fileprivate var escapingControls: String {
        unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control
                ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
        }.joined()
    }
}

/// Paths of folders from the root, `/` inside a name written `\/`.
private struct FolderPaths {
    private let byUID: [String: Folder]

    init(_ folders: [Folder]) {
        byUID = Dictionary(folders.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func path(_ uid: String) -> String {
        var names: [String] = []
        var next: String? = uid
        // Hostile parents may form a ring.
        while let uid = next, let folder = byUID[uid], names.count < 100 {
            names.append(folder.name.replacingOccurrences(of: "/", with: "\\/"))
            next = folder.parentUID
        }
        return names.isEmpty ? uid : names.reversed().joined(separator: "/")
    }
}
