import SecretMemory
import Vault

/// Contents of the attachments that the last refresh used, in secret memory, so that each is downloaded
/// once for each version of it.
struct AttachmentCache {
    private struct Version: Hashable {
        let uid: String
        let lastModified: Int64
        let size: Int64

        init(_ attachment: Attachment) {
            uid = attachment.uid
            lastModified = attachment.lastModified
            size = attachment.size
        }
    }

    private var contents: [Version: SecretBytes] = [:]

    func content(of attachment: Attachment) -> SecretBytes? { contents[Version(attachment)] }

    mutating func keep(_ content: SecretBytes, of attachment: Attachment) {
        contents[Version(attachment)] = content
    }

    /// All that another one holds, too.
    mutating func keep(_ other: AttachmentCache) {
        contents.merge(other.contents) { _, new in new }
    }
}
