import JSONText

/// What a watch tells of an object.
package enum WatchEvent: Sendable {
    case added, modified, deleted
    /// Nothing has happened to what is watched up to this version.
    case bookmark

    init?(_ view: JSONView) {
        switch view.string {
        case "ADDED": self = .added
        case "MODIFIED": self = .modified
        case "DELETED": self = .deleted
        case "BOOKMARK": self = .bookmark
        default: return nil
        }
    }
}
