/// The folders that an application sees, by the paths of their names.
///
/// Folders of one name may lie beside each other, even with one path: a path means all of them.
package struct FolderTree: Sendable {
    private var folders: [String: Folder] = [:]
    private var children: [String: [Folder]] = [:]

    package init(_ folders: [Folder] = []) {
        for folder in folders {
            self.folders[folder.uid] = folder
            children[folder.parentUID ?? "", default: []].append(folder)
        }
    }

    package func contains(uid: String) -> Bool { folders[uid] != nil }

    /// The folders at a path of names from the top, compared byte by byte.
    package func uids(at path: [String]) -> [String] {
        var level = [""]
        for name in path {
            level = level.flatMap { parent in
                (children[parent] ?? []).filter { isSame($0.name, name) }.map(\.uid)
            }
        }
        return path.isEmpty ? [] : level
    }

    /// Names for a message: the folders where the path stops being one.
    package func names(beside path: [String]) -> [String] {
        for length in stride(from: path.count - 1, through: 1, by: -1) {
            let parents = uids(at: Array(path.prefix(length)))
            if !parents.isEmpty { return parents.flatMap { (children[$0] ?? []).map(\.name) } }
        }
        return (children[""] ?? []).map(\.name)
    }

    /// A folder and all below it.
    package func withDescendants(of uid: String) -> Set<String> {
        var found: Set<String> = [uid]
        var pending = [uid]
        while let parent = pending.popLast() {
            for child in children[parent] ?? [] where found.insert(child.uid).inserted {
                pending.append(child.uid)
            }
        }
        return found
    }

    /// Names from the top, for people; `nil` for a folder that is not there.
    package func path(of uid: String) -> [String]? {
        guard var folder = folders[uid] else { return nil }
        var names = [folder.name]
        while let parent = folder.parentUID, let next = folders[parent], names.count <= folders.count {
            names.insert(next.name, at: 0)
            folder = next
        }
        return names
    }
}
