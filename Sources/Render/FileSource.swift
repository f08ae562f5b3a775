package import Plan
package import SecretMemory
package import Vault

/// What a file was made of, by identity and not by content: as long as this is the same, nothing has to be
/// fetched or rendered anew for it. It goes into the hand-over from init to sidecar.
package struct FileSource: Equatable, Sendable {
    /// The record's uid.
    package var record: String
    /// Keeper's count of the record's changes.
    package var revision: Int64
    /// Of an attachment's exact bytes.
    package var attachment: Attachment.Version?
    /// SHA-256 of the template's source, where random or time functions make another text each time: such a
    /// file stays until its record or the template changes (contract, section 8).
    package var volatileTemplate: [UInt8]?

    package init(
        record: String, revision: Int64, attachment: Attachment.Version? = nil,
        volatileTemplate: [UInt8]? = nil
    ) {
        self.record = record
        self.revision = revision
        self.attachment = attachment
        self.volatileTemplate = volatileTemplate
    }
}

/// A file that was made before, and of what.
package struct EarlierFile: Sendable {
    package var source: FileSource
    package var content: SecretBytes

    package init(source: FileSource, content: SecretBytes) {
        self.source = source
        self.content = content
    }
}

extension Sequence<RenderedFile> {
    /// Those that would come out different if they were made again, by their paths.
    package var volatile: [AbsolutePath: EarlierFile] {
        reduce(into: [:]) { found, file in
            guard file.source.volatileTemplate != nil else { return }
            found[file.path] = EarlierFile(source: file.source, content: file.content)
        }
    }
}
