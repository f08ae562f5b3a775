import Synchronization

/// What one kernel session may ask for: the current tree, and every older inode that the kernel still
/// knows.
///
/// No lock is held while a request is answered: it holds the inode instead, which never changes.
final class FileSystem: Sendable {
    private struct Known {
        var inode: Inode
        /// How often the kernel was given it, less what it forgot (`FUSE_FORGET`).
        var lookups: UInt64 = 0
        /// Whether the kernel may have been given it by an earlier server, which counted for itself.
        var isInherited = false
        var isCurrent = true
    }

    private struct State {
        var tree: FuseTree
        var known: [UInt64: Known] = [:]
        /// Names that the kernel was given in directories that are shown no more: number → names.
        var late: [UInt64: Set<String>] = [:]
    }

    private let state: Mutex<State>
    let options: FuseOptions
    let opens: FuseOpenLog?

    /// - Parameter inherited: numbers that an earlier server of this session had published.
    init(tree: FuseTree, inherited: Set<UInt64> = [], options: FuseOptions, opens: FuseOpenLog?) {
        var state = State(tree: tree)
        tree.forEachInode {
            state.known[$0.number] = Known(inode: $0, isInherited: inherited.contains($0.number))
        }
        self.state = Mutex(state)
        self.options = options
        self.opens = opens
    }

    var tree: FuseTree { state.withLock { $0.tree } }

    /// The inode of a number; `nil` for one that is gone, which the kernel is told by ESTALE.
    func inode(_ number: UInt64) -> Inode? {
        state.withLock { state in
            number == FileSystem.rootNumber ? state.tree.root : state.known[number]?.inode
        }
    }

    /// The inode of a name in a directory, counted as given to the kernel.
    func lookUp(_ name: String, in directory: Inode) -> Inode? {
        guard let inode = directory.listing?[name] else { return lookUpVersion(name) }
        state.withLock { state in
            state.known[inode.number, default: Known(inode: inode, isCurrent: false)].lookups += 1
            if state.known[directory.number]?.isCurrent != true {
                state.late[directory.number, default: []].insert(name)
            }
        }
        return inode
    }

    /// A file by its number, wherever it lies: how a new version gets into the kernel's cache before any
    /// other name leads there.
    private func lookUpVersion(_ name: String) -> Inode? {
        guard let number = VersionName.number(of: name) else { return nil }
        return state.withLock { state in
            guard let known = state.known[number], known.isCurrent, known.inode.listing == nil else {
                return nil
            }
            state.known[number]?.lookups += 1
            return known.inode
        }
    }

    /// Makes the versions of a tree that is about to come known by number.
    func stage(_ tree: FuseTree) {
        state.withLock { state in
            tree.forEachInode { inode in
                state.known[inode.number, default: Known(inode: inode)].isCurrent = true
            }
        }
    }

    /// Whether a tree that is not there yet has this version: nobody but us can open it.
    func isStaged(_ number: UInt64) -> Bool {
        state.withLock { $0.known[number]?.isCurrent == true && $0.tree.path(of: number) == nil }
    }

    /// Names given since the last call in directories that are shown no more. The kernel keeps them, and
    /// their values, until it is told or has no memory left.
    func takeLateNames() -> [UInt64: Set<String>] {
        state.withLock { state in
            defer { state.late = [:] }
            return state.late
        }
    }

    /// Whether somebody may still look up names in a directory that is shown no more.
    var hasOldDirectories: Bool {
        state.withLock { state in
            state.known.values.contains {
                !$0.isCurrent && $0.inode.listing != nil && ($0.lookups > 0 || $0.isInherited)
            }
        }
    }

    /// The kernel gave an inode back; its value is wiped when nothing else needs it.
    func forget(_ number: UInt64, _ count: UInt64) {
        // Released out of the lock: wiping takes time.
        _ = state.withLock { state -> Inode? in
            guard var known = state.known[number] else { return nil }
            known.lookups -= min(count, known.lookups)
            known.isInherited = known.isInherited && known.lookups > 0
            guard known.lookups == 0, !known.isCurrent else {
                state.known[number] = known
                return nil
            }
            state.known[number] = nil
            return known.inode
        }
    }

    /// Makes `tree` the current one.
    ///
    /// - Returns: the inodes that are no longer current and that, as far as was counted, the kernel does
    ///   not know, though an earlier server may have told it of them.
    func replace(with tree: FuseTree) -> [UInt64] {
        var released: [Inode] = []
        let doubtful = state.withLock { state -> [UInt64] in
            var doubtful: [UInt64] = []
            state.tree = tree
            for number in state.known.keys { state.known[number]?.isCurrent = false }
            tree.forEachInode { inode in
                state.known[inode.number, default: Known(inode: inode)].isCurrent = true
                state.known[inode.number]?.inode = inode
            }
            for (number, known) in state.known where !known.isCurrent && known.lookups == 0 {
                if known.isInherited {
                    doubtful.append(number)
                } else {
                    released.append(known.inode)
                    state.known[number] = nil
                }
            }
            return doubtful
        }
        released.removeAll()
        return doubtful
    }

    /// Lets go of an inode that the kernel turned out not to know.
    func drop(_ number: UInt64) {
        _ = state.withLock { state -> Inode? in
            guard let known = state.known[number], !known.isCurrent, known.lookups == 0 else { return nil }
            state.known[number] = nil
            return known.inode
        }
    }

    /// FUSE_ROOT_ID.
    static let rootNumber: UInt64 = 1
}
