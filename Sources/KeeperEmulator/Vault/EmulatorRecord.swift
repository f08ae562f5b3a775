/// A record of the vault and the ways in which it is shared to the application.
package struct EmulatorRecord: Sendable, Equatable {
    /// 22 characters of URL-safe base64.
    package var uid: String
    package var title: String
    package var type: String
    package var notes: String?
    package var fields: [EmulatorField]
    package var custom: [EmulatorField]
    package var files: [EmulatorFile]
    /// Uids of linked records, sent when a client asks for links.
    package var links: [String]
    /// Grows by one with each change.
    package var revision: Int
    package var isEditable: Bool
    /// The uid of the folder it lies in: a shared folder or one below.
    package var folder: String?
    /// Uids of further folders that show it: it arrives once for each.
    package var shortcuts: [String]
    /// Whether it is shared to the application by itself; with a folder too, it arrives twice.
    package var isSharedDirectly: Bool
    /// Whether its own key is left out of the answer, so that the wrapping key is the record's key.
    package var isKeyless: Bool

    package init(
        uid: String, title: String, type: String = "login", notes: String? = nil,
        fields: [EmulatorField] = [], custom: [EmulatorField] = [], files: [EmulatorFile] = [],
        links: [String] = [], revision: Int = 1, isEditable: Bool = true, folder: String? = nil,
        shortcuts: [String] = [], isSharedDirectly: Bool? = nil, isKeyless: Bool = false
    ) {
        self.uid = uid
        self.title = title
        self.type = type
        self.notes = notes
        self.fields = fields
        self.custom = custom
        self.files = files
        self.links = links
        self.revision = revision
        self.isEditable = isEditable
        self.folder = folder
        self.shortcuts = shortcuts
        self.isSharedDirectly = isSharedDirectly ?? (folder == nil)
        self.isKeyless = isKeyless
    }

    /// Every folder that shows it.
    package var folders: [String] { [folder].compactMap(\.self) + shortcuts }

    /// What Keeper keeps encrypted: `{title, type, notes?, fields, custom}`. Attached files are named in
    /// a field of type `fileRef`, as the vault's own clients write it.
    package var data: JSON {
        var fields = fields
        if !files.isEmpty {
            fields.append(EmulatorField(type: "fileRef", value: files.map { .string($0.uid) }))
        }
        var members = [JSON.Member("title", .string(title)), .init("type", .string(type))]
        if let notes { members.append(.init("notes", .string(notes))) }
        members.append(.init("fields", .array(fields.map(\.json))))
        members.append(.init("custom", .array(custom.map(\.json))))
        return .object(members)
    }
}
