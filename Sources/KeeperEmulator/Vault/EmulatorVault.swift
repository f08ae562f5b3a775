/// What is shared to the application: its records and folders.
///
///     var vault = EmulatorVault.sample
///     try vault.set("password", of: "Payments database", to: "new one")
package struct EmulatorVault: Sendable, Equatable {
    /// The application's name in the vault.
    package var application: String
    /// Sent with each answer.
    package var warnings: [String] = []
    package private(set) var records: [EmulatorRecord]
    /// Parents before their children.
    package private(set) var folders: [EmulatorFolder]
    /// Grows by one with each change anywhere.
    package private(set) var revision = 1

    /// - Throws: `VaultError` when a uid is malformed or taken, or a folder unknown.
    package init(
        application: String = "Emulated application", folders: [EmulatorFolder] = [],
        records: [EmulatorRecord] = []
    ) throws(VaultError) {
        self.application = application
        self.folders = []
        self.records = []
        for folder in folders { try add(folder) }
        for record in records { try add(record) }
    }

    /// A record by its uid, else by its title if only one has it.
    ///
    /// - Throws: `VaultError.unknownRecord`, `.ambiguousRecord`.
    package func record(_ name: String) throws(VaultError) -> EmulatorRecord {
        records[try index(of: name)]
    }

    package mutating func add(_ folder: EmulatorFolder) throws(VaultError) {
        try checkFresh(folder.uid)
        if let parent = folder.parent, !folders.contains(where: { $0.uid == parent }) {
            throw .unknownFolder(parent)
        }
        folders.append(folder)
        revision += 1
    }

    package mutating func add(_ record: EmulatorRecord) throws(VaultError) {
        try checkFresh(record.uid)
        for file in record.files { try checkFresh(file.uid) }
        for folder in record.folders where !folders.contains(where: { $0.uid == folder }) {
            throw .unknownFolder(folder)
        }
        records.append(record)
        revision += 1
    }

    package mutating func remove(_ name: String) throws(VaultError) {
        records.remove(at: try index(of: name))
        revision += 1
    }

    package mutating func rename(_ name: String, to title: String) throws(VaultError) {
        try update(name) { $0.title = title }
    }

    /// Changes a record in place; its revision grows by one.
    package mutating func update(
        _ name: String, _ change: (inout EmulatorRecord) throws(VaultError) -> Void
    ) throws(VaultError) {
        let index = try index(of: name)
        var record = records[index]
        try change(&record)
        record.revision += 1
        record.uid = records[index].uid
        records[index] = record
        revision += 1
    }

    /// Gives a field one value. The field is looked for by type or label, standard fields first.
    package mutating func set(
        _ field: String, of record: String, to value: String
    ) throws(VaultError) {
        try set(field, of: record, to: [.string(value)])
    }

    /// Gives a field its list of values.
    package mutating func set(
        _ field: String, of record: String, to values: [JSON]
    ) throws(VaultError) {
        try update(record) { record throws(VaultError) in
            if let index = record.fields.firstIndex(where: { $0.isNamed(field) }) {
                record.fields[index].value = values
            } else if let index = record.custom.firstIndex(where: { $0.isNamed(field) }) {
                record.custom[index].value = values
            } else {
                throw .unknownField(field, record: record.uid)
            }
        }
    }

    /// Replaces the content of an attached file, found by name, title or uid.
    package mutating func setFile(
        _ file: String, of record: String, to content: [UInt8]
    ) throws(VaultError) {
        try update(record) { record throws(VaultError) in
            let names = record.files.firstIndex { [$0.uid, $0.name, $0.title].contains(file) }
            guard let index = names else { throw .unknownFile(file, record: record.uid) }
            record.files[index].content = content
            record.files[index].lastModified += 1000
        }
    }

    /// The shared folder above a folder: itself when it has no parent.
    package func sharedFolder(above uid: String) -> String {
        var uid = uid
        while let parent = folders.first(where: { $0.uid == uid })?.parent { uid = parent }
        return uid
    }

    /// The names of the folders from the shared one down to this.
    package func path(of uid: String) -> [String] {
        guard let folder = folders.first(where: { $0.uid == uid }) else { return [] }
        return (folder.parent.map(path(of:)) ?? []) + [folder.name]
    }

    private func index(of name: String) throws(VaultError) -> Int {
        if let index = records.firstIndex(where: { $0.uid == name }) { return index }
        let found = records.indices.filter { records[$0].title == name }
        guard let first = found.first else { throw .unknownRecord(name) }
        guard found.count == 1 else { throw .ambiguousRecord(name) }
        return first
    }

    private func checkFresh(_ uid: String) throws(VaultError) {
        let isWellFormed =
            uid.utf8.count == 22
            && uid.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || byte < 0x80
                        && (Character(UnicodeScalar(byte)).isLetter
                            || Character(UnicodeScalar(byte)).isNumber)
            }
        guard isWellFormed else { throw .malformedUID(uid) }
        let taken =
            folders.contains { $0.uid == uid }
            || records.contains { $0.uid == uid || $0.files.contains { $0.uid == uid } }
        if taken { throw .takenUID(uid) }
    }
}
