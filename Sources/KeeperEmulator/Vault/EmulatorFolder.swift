/// A folder of the vault. One without a parent is a shared folder, which has a key of its own that
/// wraps the keys of all that lies below.
package struct EmulatorFolder: Sendable, Hashable {
    /// 22 characters of URL-safe base64.
    package var uid: String
    package var name: String
    /// The uid of the folder it lies in; `nil` for a shared folder.
    package var parent: String?

    package init(uid: String, name: String, parent: String? = nil) {
        self.uid = uid
        self.name = name
        self.parent = parent
    }
}
