package import Plan
package import Vault

extension Vault {
    /// What a folder selection means in this vault: one selection for each of its records, in the
    /// answer's order. With `recursive` a folder below becomes a directory below, named by the rule for
    /// records' names.
    ///
    /// - Throws: `RenderError` where there is no such folder; a folder at a path may be empty.
    package func selections(of wanted: FolderSelection) throws(RenderError) -> [Selection] {
        guard case .directory(let directory) = wanted.output else { return [] }
        do throws(LookupError) {
            var found: [Selection] = []
            for root in try roots(of: wanted.folder).sorted() {
                let places = wanted.recursive ? folders.withDescendants(of: root) : [root]
                for record in records(in: places) {
                    guard let place = record.folders.first(where: places.contains) else { continue }
                    var target = directory
                    for name in folders.names(from: root, to: place) {
                        target = try target.below(fileName(forTitle: name, uid: place))
                    }
                    found.append(
                        Selection(
                            origin: "\(wanted.origin), record \(record.uid)", target: .record(record.uid),
                            output: .namedByTitle(directory: target, suffix: "." + wanted.format.name),
                            format: wanted.format))
                }
            }
            return found
        } catch {
            throw RenderError(origin: wanted.origin, reason: .lookup(error))
        }
    }

    /// Every selection of a Plan that becomes a file, those of its folders last.
    /// - Throws: `RenderFailure` with every folder that is not there.
    package func files(of plan: Plan) throws(RenderFailure) -> [Selection] {
        var found = plan.selections.filter { $0.output != .noFile }
        var errors: [RenderError] = []
        for folder in plan.folders {
            do throws(RenderError) { found += try selections(of: folder) } catch { errors.append(error) }
        }
        guard errors.isEmpty else { throw RenderFailure(errors: errors) }
        return found
    }

    private func roots(of folder: FolderSelection.Folder) throws(LookupError) -> Set<String> {
        switch folder {
        case .path(let path): return try self.folders(at: path)
        case .uid(let uid):
            guard folders.contains(uid: uid) || !records(in: [uid]).isEmpty else { throw .emptyFolder(uid) }
            return [uid]
        }
    }
}

extension FolderTree {
    /// The names below `root` down to `place`; none where they are the same.
    fileprivate func names(from root: String, to place: String) -> [String] {
        guard root != place, let top = path(of: root), let all = path(of: place) else { return [] }
        return Array(all.dropFirst(top.count))
    }
}

extension AbsolutePath {
    fileprivate func below(_ name: String) throws(LookupError) -> AbsolutePath {
        do throws(AbsolutePathError) {
            return try appending(name)
        } catch {
            throw .noFolder([name], nearest: [])
        }
    }
}

extension Plan {
    /// Whether a folder is asked for by its path, or with all below it: only then the tree of folders is
    /// fetched (contract, section 9).
    package var needsFolders: Bool {
        !folderPaths.isEmpty || folders.contains(where: \.recursive)
    }

    /// Whether what `tree` knew answers for this vault: every path is there, and every record lies in a
    /// folder that it has, but for those in `untold`.
    package func isAnswered(by tree: FolderTree, for vault: Vault, ignoring untold: Set<String>) -> Bool {
        folderPaths.allSatisfy { !tree.uids(at: $0).isEmpty }
            && vault.records.allSatisfy { record in
                record.folders.allSatisfy { tree.contains(uid: $0) || untold.contains($0) }
            }
    }

    /// Every path of folder names that a selection holds.
    private var folderPaths: [[String]] {
        folders.compactMap { if case .path(let path) = $0.folder { path } else { nil } }
            + selections.compactMap { selection in
                if case .notation(_, let path) = selection.target, !path.isEmpty { path } else { nil }
            }
    }
}
