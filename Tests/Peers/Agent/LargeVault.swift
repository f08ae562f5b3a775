import KeeperEmulator

/// A vault of 500 records in 40 folders: eight teams with the same names of folders below them.
struct LargeVault {
    let vault: EmulatorVault

    /// Names of the folders below each team, from the top.
    static let inner = [[], ["Databases"], ["Databases", "A/B"], ["back\\slash"], ["Ünïcödé ☃"]]

    init() throws {
        var folders: [EmulatorFolder] = []
        for team in 0..<8 {
            for path in Self.inner {
                folders.append(
                    EmulatorFolder(
                        uid: Self.folderUID(team, path), name: path.last ?? "Team \(team)",
                        parent: path.isEmpty ? nil : Self.folderUID(team, path.dropLast())))
            }
        }
        let records = EmulatorVault.generated(records: 500).records.enumerated().map { index, record in
            var record = record
            record.folder = folders[index % folders.count].uid
            record.isSharedDirectly = index % 50 == 0
            // Shown by another team's folder too.
            if index % 25 == 0 { record.shortcuts = [folders[(index + 7) % folders.count].uid] }
            if index % 10 == 0 {
                record.files = [
                    EmulatorFile(
                        uid: "GeneratedFile" + record.uid.suffix(9), name: "key.bin",
                        content: Array("attachment of \(record.title)".utf8))
                ]
            }
            return record
        }
        vault = try EmulatorVault(application: "Large", folders: folders, records: records)
    }

    /// The team and the folder of `Record <number>`.
    static func place(of number: Int) -> (team: Int, path: [String]) {
        let index = (number - 1) % 40
        return (index / inner.count, inner[index % inner.count])
    }

    /// The folders of `Record <number>` as annotations write them.
    static func path(of number: Int) -> String {
        let (team, path) = place(of: number)
        return (["Team \(team)"] + path).map(escaped).joined(separator: "/")
    }

    static func folderUID(_ team: Int, _ path: some Collection<String>) -> String {
        let place = inner.firstIndex(of: Array(path)) ?? 0
        return "GeneratedFolder00000\(team)\(place)"
    }

    static func escaped(_ name: String) -> String {
        name.replacing("\\", with: "\\\\").replacing("/", with: "\\/")
    }
}
