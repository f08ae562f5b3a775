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
        let tree = try session.fetchFolders()
        let rows = vault.records.map { record in
            Row(
                uid: record.uid, type: record.type, title: record.title,
                folder: record.folders.first.map { uid in
                    // Written as notation wants it.
                    (tree.path(of: uid) ?? [uid]).map { $0.replacingOccurrences(of: "/", with: "\\/") }
                        .joined(separator: "/")
                },
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
