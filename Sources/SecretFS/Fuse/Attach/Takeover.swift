import Glibc
import KeeperCrypto

/// What a server makes of a handover: descriptors and state in its own hands, then a session.
struct Takeover {
    let state: SessionState
    let isResumed: Bool
    private let device: Int32
    private let journal: Int32?

    /// - Parameter key: of this server's inode numbers, where it has one already.
    init(
        _ handover: HolderConnection.Handover, key: VersionKey?, path: String
    ) throws(FuseError) {
        switch handover {
        case .fresh(let device):
            do throws(CryptoError) {
                if let key {
                    state = SessionState(key: key)
                } else {
                    state = SessionState(key: try VersionKey())
                }
            } catch {
                close(device)
                throw FuseError(error)
            }
            self.device = device
            journal = nil
            isResumed = false
        case .resume(let device, let journal, let file):
            defer { close(file) }
            guard let state = SessionState(reading: file) else {
                close(device)
                close(journal)
                throw .foreignHolder(path)
            }
            self.state = state
            self.device = device
            self.journal = journal
            isResumed = true
        }
    }

    /// The session, not started: nothing has been read from the kernel, and for a fresh mount the holder
    /// has the journal already, so that INIT cannot be lost.
    func begin(
        tree: FuseTree, options: FuseOptions, opens: FuseOpenLog?, connection: HolderConnection
    ) throws(FuseError) -> FuseSession {
        let journal: RequestJournal
        if let file = self.journal {
            guard let earlier = RequestJournal(adopting: file) else {
                close(device)
                throw .foreignHolder(connection.path)
            }
            journal = earlier
        } else {
            do throws(SystemError) {
                journal = try RequestJournal()
            } catch {
                close(device)
                throw FuseError(error)
            }
        }
        var inherited: Set<UInt64> = []
        if isResumed { tree.forEachInode { inherited.insert($0.number) } }
        let session = try FuseSession(
            at: "/dev/fd/\(device)", options: [],
            system: FileSystem(tree: tree, inherited: inherited, options: options, opens: opens),
            journal: journal)
        if !isResumed { try connection.keep(journal: session.journalFile, state) }
        return session
    }

    /// Brings the session to where requests can be answered: with the INIT request that was kept, or the
    /// kernel's own.
    ///
    /// - Returns: the request.
    func initialization(
        _ session: FuseSession, _ connection: HolderConnection
    ) throws(FuseError) -> [UInt8] {
        guard state.initialization.isEmpty else {
            session.process(state.initialization)
            return state.initialization
        }
        // Taken by an earlier server that died before it could tell, or still to come.
        let request: [UInt8]
        if let early = session.pending(0) {
            request = early
        } else {
            request = try session.take(into: 0, within: .seconds(10))
        }
        let operation = request.withUnsafeBytes { RequestHeader.operation(of: $0) }
        guard operation == RequestHeader.initialize else { throw .silentKernel }
        var kept = state
        kept.initialization = request
        try connection.keep(journal: session.journalFile, kept)
        session.process(request)
        return request
    }
}
