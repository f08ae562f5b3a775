import Glibc
import KeeperCrypto
import Plan
import SecretMemory
import Synchronization

/// Publishes into a file system of our own, served from locked memory (architecture, "FUSE").
///
/// The first publish mounts, or attaches to the mount that a holder keeps; from then on a thread of its own
/// follows the holder: when it is replaced, the new one's mount is served at once.
package final class FusePublisher: Publisher {
    /// Who mounts.
    package enum Mount: Equatable, Sendable {
        /// This process, by mount(2) or fusermount3. With `allowOther` other users may come in, by owner
        /// and mode of the files.
        case here(allowOther: Bool)
        /// A holder, or a CSI driver, that hands the mount over on this Unix socket.
        case holder(socket: String)
    }

    /// What happens between publishes.
    package enum Event: Equatable, Sendable {
        case mounted(String)
        case attached(resumed: Bool, milliseconds: Int)
        /// The holder went away; we wait for the next.
        case holderGone
        case superseded
        /// By somebody else, of a mount of our own.
        case unmounted(String)
        case failed(FuseError)
        /// Opens in audit mode, and how many more could not be logged.
        case opened([FuseOpen], lost: Int)
    }

    private struct State {
        var tree: FuseTree?
        var session: FuseSession?
        var connection: HolderConnection?
        var kept: SessionState?
        var isFinished = false
        /// When to look for names of old directories, and how long after that again.
        var nextSweep: ContinuousClock.Instant?
        var sweepPause = FusePublisher.firstSweep
    }

    /// A reader that holds an old directory for long costs little.
    private static let firstSweep: Duration = .milliseconds(500)
    private static let longestSweep: Duration = .seconds(60)

    private let layout: FuseLayout
    private let mount: Mount
    private let ownership: Ownership
    private let options: FuseOptions
    private let report: @Sendable (Event) -> Void
    private let opens: FuseOpenLog?
    /// Makes publishes, and the follower's attaching, wait for each other.
    private let state = Mutex(State())
    /// The session by itself, for `detach`, which waits for nobody.
    private let mounted = Mutex<FuseSession?>(nil)

    private let warming: CacheWarming
    private let helpers = Helpers()

    /// How long the first publish waits for a holder to come.
    private let patience: Duration

    package init(
        layout: FuseLayout, mount: Mount, ownership: Ownership, options: FuseOptions = FuseOptions(),
        patience: Duration = .seconds(30), report: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.layout = layout
        self.mount = mount
        self.ownership = ownership
        self.options = options
        self.patience = patience
        self.report = report
        warming = CacheWarming(mountPoint: layout.mountPoint, helpers: helpers)
        opens = options.audit ? FuseOpenLog { report(.opened($0, lost: $1)) } : nil
    }

    package var hasPublished: Bool { state.withLock { $0.tree != nil } }

    /// Opens that were answered, in audit mode.
    package var openCount: Int { opens?.total ?? 0 }

    @discardableResult
    package func publish(_ generation: Generation) throws(PublishError) -> Publication {
        let trees = try Tree.distribute(generation, over: layout.mountPaths)
        let size = generation.files.reduce(0) { $0 + $1.content.count }
        guard size <= options.memoryLimit else {
            throw .tooLarge(needed: size, limit: options.memoryLimit)
        }
        return try state.withLock { (state) throws(PublishError) in
            do throws(FuseError) {
                return try publish(trees, &state)
            } catch {
                throw .fuse(error)
            }
        }.get()
    }

    package func sweep() {
        state.withLock { state in
            guard let due = state.nextSweep, due <= .now, let session = state.session else { return }
            session.invalidate(session.system.takeLateNames(), helpers: helpers)
            state.nextSweep = nil
            guard session.system.hasOldDirectories else { return }
            state.nextSweep = .now + state.sweepPause
            state.sweepPause = min(state.sweepPause * 2, FusePublisher.longestSweep)
        }
    }

    package var nextSweep: Duration? {
        state.withLock { $0.nextSweep.map { max(.zero, ContinuousClock.now.duration(to: $0)) } }
    }

    package func finish() {
        state.withLock { state in
            state.isFinished = true
            state.session?.stop()
            detach()
            state.session = nil
            state.tree = nil
        }
    }

    package func detach() {
        guard case .here = mount else { return }
        // Twice is once too often: the path may then be somebody else's.
        let session = mounted.withLock { session in
            defer { session = nil }
            return session
        }
        guard let session else { return }
        session.unmount()
        for (links, _, _) in layout.linkDirectories(for: layout.mountPaths.map { _ in Tree() }) {
            links.clear()
        }
        if layout.links != nil { rmdir(layout.mountPoint) }
    }

    private func publish(
        _ trees: [Tree], _ state: inout State
    ) throws(FuseError) -> Result<Publication, PublishError> {
        let before = state.tree
        var earlier = before?.versions
        if state.session == nil, before == nil {
            earlier = try attach(trees, &state)
        } else {
            let tree = try build(trees, state)
            // The holder may be away: then the next one's mount shows it.
            if tree.root.number != before?.root.number { try show(tree, &state) }
        }
        let changes =
            state.tree?.changes(since: earlier ?? [:]) ?? (added: [], changed: [], removed: [])
        var publication = Publication()
        publication.added = changes.added.compactMap(layout.visiblePath)
        publication.changed = changes.changed.compactMap(layout.visiblePath)
        publication.removed = changes.removed.compactMap(layout.visiblePath)
        publication.wroteAnything = state.tree?.root.number != before?.root.number
        for (links, names, current) in layout.linkDirectories(for: trees) {
            do throws(PublishError) {
                try links.update(
                    names: names, current: current, announces: publication.wroteAnything,
                    ownership: ownership)
            } catch {
                return .failure(error)
            }
        }
        return .success(publication)
    }

    private func build(_ trees: [Tree], _ state: State) throws(FuseError) -> FuseTree {
        guard let kept = state.kept else { throw .library("no session state") }
        var builder = FuseTreeBuilder(
            key: kept.key, ownership: ownership, now: FusePublisher.now, known: { kept.versions[$0] ?? [] })
        var others: [String: Tree] = [:]
        for (other, tree) in zip(layout.others, trees) { others[other.name] = tree }
        do throws(CryptoError) {
            return try builder.build(trees.last ?? Tree(), others: others)
        } catch {
            throw FuseError(error)
        }
    }

    /// Switches readers to `tree`.
    private func show(_ tree: FuseTree, _ state: inout State) throws(FuseError) {
        let old = state.tree
        // Should we die on the way, the next server has to put right both what was and what comes.
        state.kept?.note(tree, only: false)
        try hand(state)
        state.tree = tree
        if let session = state.session {
            session.system.stage(tree)
            warm(tree.files(notIn: old), isStaged: true)
            let doubtful = session.system.replace(with: tree)
            let leaving = old?.files(notIn: tree).map { VersionName.name(of: $0.number) } ?? []
            session.invalidate(
                FuseTree.changedNames(from: old, to: tree).union(leaving),
                in: old?.directories(notIn: tree) ?? [], helpers: helpers)
            for number in doubtful where !session.kernelKnows(number) { session.system.drop(number) }
            // One that is due already is not put off by changes that come fast.
            let sweep = ContinuousClock.now + FusePublisher.firstSweep
            state.nextSweep = state.nextSweep.map { min($0, sweep) } ?? sweep
            state.sweepPause = FusePublisher.firstSweep
        }
        state.kept?.note(tree, only: true)
        try hand(state)
    }

    /// - Parameter isStaged: nobody else can open them yet, so that our own opens can be told apart.
    private func warm(_ files: [Inode], isStaged: Bool = false) {
        guard !options.directIO, isStaged || !options.audit else { return }
        warming.warm(files)
    }

    /// Gives the holder what the next server needs. A holder that is gone is the follower's business.
    private func hand(_ state: State) throws(FuseError) {
        guard let connection = state.connection, let session = state.session, let kept = state.kept else {
            return
        }
        do throws(FuseError) {
            try connection.keep(journal: session.journalFile, kept)
        } catch {
            guard case .noHolder = error else { throw error }
        }
    }

    // MARK: Attaching

    /// - Returns: what an earlier server of the same mount had published.
    private func attach(
        _ trees: [Tree], _ state: inout State
    ) throws(FuseError) -> [String: FuseVersion]? {
        let start = monotonicTime()
        do throws(SystemError) { try opens?.start() } catch { throw FuseError(error) }
        switch mount {
        case .here(let allowOther):
            try mountHere(trees, allowOther: allowOther, &state)
            report(.mounted(layout.mountPoint))
            return nil
        case .holder(let socket):
            let (connection, handover) = try HolderConnection.open(socket, patience: patience)
            var earlier: [String: FuseVersion]?
            let resumed = try begin(connection, handover, &state) { (state) throws(FuseError) in
                earlier = state.kept?.versions.compactMapValues(\.last)
                return try build(trees, state)
            }
            report(.attached(resumed: resumed, milliseconds: (monotonicTime() - start).inMilliseconds))
            do throws(SystemError) {
                try Thread.start { [self] in follow() }
            } catch {
                throw FuseError(error)
            }
            return earlier
        }
    }

    private func mountHere(
        _ trees: [Tree], allowOther: Bool, _ state: inout State
    ) throws(FuseError) {
        do throws(SystemError) {
            _ = try layout.links?.openOrMake(ownership)
        } catch {
            throw FuseError(error)
        }
        try MountPoint(layout.mountPoint).prepare()
        do throws(CryptoError) {
            state.kept = SessionState(key: try VersionKey())
        } catch {
            throw FuseError(error)
        }
        let tree = try build(trees, state)
        let journal: RequestJournal
        do throws(SystemError) { journal = try RequestJournal() } catch { throw FuseError(error) }
        let options =
            ["fsname=keeper-injector,subtype=keeper-injector,ro,nosuid,nodev,noexec,default_permissions"]
            + (allowOther ? ["allow_other"] : [])
        let session = try FuseSession(
            at: layout.mountPoint, options: options,
            system: FileSystem(tree: tree, options: self.options, opens: opens), journal: journal)
        mounted.withLock { $0 = session }
        let (report, path) = (report, layout.mountPoint)
        do throws(FuseError) {
            try session.start { report(.unmounted(path)) }
        } catch {
            detach()
            throw error
        }
        warm(tree.files(notIn: nil))
        state.kept?.note(tree, only: true)
        state.session = session
        state.tree = tree
    }

    /// Begins or goes on with the session that a holder handed over.
    ///
    /// - Parameter tree: makes the tree to serve, once the state is there that says which versions are old.
    /// - Returns: whether there was an earlier server.
    private func begin(
        _ connection: HolderConnection, _ handover: HolderConnection.Handover, _ state: inout State,
        tree: (State) throws(FuseError) -> FuseTree
    ) throws(FuseError) -> Bool {
        let takeover = try Takeover(handover, key: state.kept?.key, path: connection.path)
        var next = State()
        next.kept = takeover.state
        let tree = try tree(next)
        let session = try takeover.begin(
            tree: tree, options: options, opens: opens, connection: connection)
        next.tree = tree
        next.connection = connection
        next.session = session
        next.kept?.initialization = try takeover.initialization(session, connection)
        next.kept?.note(tree, only: false)
        let files = tree.files(notIn: nil)
        // What is served on keeps its place in the kernel's cache.
        let names = try takeover.state.namesToInvalidate().union(tree.names)
            .subtracting(files.map { VersionName.name(of: $0.number) })
        // From here on the next server could take over.
        try connection.keep(journal: session.journalFile, next.kept ?? takeover.state)
        session.processPending()
        // What the kernel ends here, the holder has unmounted: its end of the socket tells us.
        try session.start {}
        warm(files)
        session.invalidate(names, helpers: helpers)
        next.kept?.note(tree, only: true)
        try connection.keep(journal: session.journalFile, next.kept ?? takeover.state)
        state = next
        mounted.withLock { $0 = session }
        return takeover.isResumed
    }

    /// Serves one holder after another, until another server has taken our place.
    private func follow() {
        while let connection = state.withLock({ $0.isFinished ? nil : $0.connection }) {
            let end = connection.waitForEnd()
            state.withLock { state in
                state.session?.stop()
                state.session = nil
            }
            if case .superseded = end { return report(.superseded) }
            if state.withLock({ $0.isFinished }) { return }
            report(.holderGone)
            while !followNext() { usleep(50_000) }
        }
    }

    private func followNext() -> Bool {
        let start = monotonicTime()
        do throws(FuseError) {
            let (connection, handover) = try HolderConnection.open(
                holderSocket, patience: .seconds(24 * 3600))
            let resumed = try state.withLock { (state) throws(FuseError) -> Bool in
                guard let tree = state.tree, !state.isFinished else { return false }
                return try begin(connection, handover, &state) { _ in tree }
            }
            report(.attached(resumed: resumed, milliseconds: (monotonicTime() - start).inMilliseconds))
            return true
        } catch {
            report(.failed(error))
            return state.withLock { $0.isFinished }
        }
    }

    private var holderSocket: String {
        if case .holder(let socket) = mount { socket } else { "" }
    }

    private static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}

extension FuseTree {
    /// Names at the top that lead elsewhere now, or nowhere.
    fileprivate static func changedNames(from old: FuseTree?, to new: FuseTree) -> Set<String> {
        let before = old?.root.listing
        let after = new.root.listing
        return (old?.names ?? []).union(new.names).filter {
            before?[$0]?.number != after?[$0]?.number
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int {
        Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
