package import SecretMemory

/// What one answer of Keeper holds, decrypted: records, and what of it could not be read.
package struct Vault: Sendable {
    /// In the answer's order, each uid once.
    package var records: [Record]
    /// Records, files and folders that could not be decrypted or parsed. The others are whole.
    package var damaged: [Damage]
    /// Keeper's own warnings.
    package var warnings: [String]
    /// When the application's access ends, in ms since 1970; `nil` for never.
    package var expiresOn: Int64?
    /// Empty as long as nobody asked for folders.
    package var folders: FolderTree
    /// Uids of records by titles that they had in an earlier answer: for messages alone.
    package var formerTitles: [String: String] = [:]

    package init(
        records: [Record], damaged: [Damage] = [], warnings: [String] = [], expiresOn: Int64? = nil,
        folders: FolderTree = FolderTree()
    ) {
        self.records = records
        self.damaged = damaged
        self.warnings = warnings
        self.expiresOn = expiresOn
        self.folders = folders
    }

    /// Something of the answer that could not be read.
    package struct Damage: Equatable, Sendable {
        package enum Kind: String, Sendable { case record, file, folder }
        package var kind: Kind
        package var uid: String
        /// Why; no value in it.
        package var reason: String

        package init(kind: Kind, uid: String, reason: String) {
            self.kind = kind
            self.uid = uid
            self.reason = reason
        }
    }
}

/// A record. Its fields stay in secret memory; names, title and type are ordinary text.
package struct Record: Sendable {
    package var uid: String
    package var title: String
    package var type: String
    /// Counts up with every change of the record.
    package var revision: Int64
    /// The shared folder it came with, and the sub-folder it lies in.
    package var folderUID: String?
    package var innerFolderUID: String?
    /// Folders in which the record lies too: it may be shared several times.
    package var otherFolderUIDs: [String] = []
    /// `fields`, in the record's order.
    package var fields: [Field]
    /// `custom`, in the record's order.
    package var custom: [Field]
    package var attachments: [Attachment]
    /// A string value of the record's text; `nil` without notes.
    package var notes: JSONValue?

    package init(
        uid: String, title: String, type: String, revision: Int64 = 0, folderUID: String? = nil,
        innerFolderUID: String? = nil, fields: [Field], custom: [Field] = [],
        attachments: [Attachment] = [], notes: JSONValue? = nil
    ) {
        self.uid = uid
        self.title = title
        self.type = type
        self.revision = revision
        self.folderUID = folderUID
        self.innerFolderUID = innerFolderUID
        self.fields = fields
        self.custom = custom
        self.attachments = attachments
        self.notes = notes
    }

    /// The folders in which it lies itself, not in one below them.
    package var folders: [String] {
        [innerFolderUID ?? folderUID].compactMap(\.self) + otherFolderUIDs
    }
}

/// One field of a record.
package struct Field: Sendable {
    package var type: String
    package var label: String?
    /// The elements of `value`.
    package var values: [JSONValue]

    package init(type: String, label: String? = nil, values: [JSONValue]) {
        self.type = type
        self.label = label
        self.values = values
    }
}

/// A file attached to a record; its content is fetched when asked for.
package struct Attachment: Sendable {
    package var uid: String
    package var name: String
    package var title: String
    package var mediaType: String
    /// Bytes, as Keeper states them.
    package var size: Int64
    package var lastModified: Int64
    /// A pre-signed address, maybe of another host.
    package var url: String
    /// Decrypts the content.
    package var key: SecretBytes

    package init(
        uid: String, name: String, title: String, mediaType: String, size: Int64, lastModified: Int64,
        url: String, key: SecretBytes
    ) {
        self.uid = uid
        self.name = name
        self.title = title
        self.mediaType = mediaType
        self.size = size
        self.lastModified = lastModified
        self.url = url
        self.key = key
    }

    /// Tells one content of an attachment from another.
    package struct Version: Hashable, Sendable {
        package var uid: String
        package var lastModified: Int64
        package var size: Int64

        package init(uid: String, lastModified: Int64, size: Int64) {
            self.uid = uid
            self.lastModified = lastModified
            self.size = size
        }
    }

    package var version: Version { Version(uid: uid, lastModified: lastModified, size: size) }
}

/// A folder of `get_folders`.
package struct Folder: Equatable, Sendable {
    package var uid: String
    package var name: String
    /// `nil` at the root.
    package var parentUID: String?

    package init(uid: String, name: String, parentUID: String?) {
        self.uid = uid
        self.name = name
        self.parentUID = parentUID
    }
}
