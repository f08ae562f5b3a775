import SecretMemory
import Vault

/// Contents of the attachments that the last refresh used, in secret memory, so that each is downloaded
/// once for each version of it.
struct AttachmentCache {
    private var contents: [Attachment.Version: SecretBytes] = [:]

    func content(of version: Attachment.Version) -> SecretBytes? { contents[version] }

    mutating func keep(_ content: SecretBytes, of version: Attachment.Version) {
        contents[version] = content
    }

    /// All that another one holds, too.
    mutating func keep(_ other: AttachmentCache) {
        contents.merge(other.contents) { _, new in new }
    }
}
