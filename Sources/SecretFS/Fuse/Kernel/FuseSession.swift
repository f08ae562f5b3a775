import CFuse
import Glibc
import Synchronization

/// One session with the kernel: a descriptor, the threads that answer on it, and what invalidates.
final class FuseSession: Sendable {
    let system: FileSystem
    private let journal: RequestJournal
    // libfuse's session may be used by several threads at once: fuse_lowlevel.h has its own loop do so.
    nonisolated(unsafe) private let session: OpaquePointer
    private let descriptor: Int32
    private let stopping = EventDescriptor()
    /// Worker threads that are at work.
    private let workers = Mutex(0)

    /// - Parameter mountPoint: a directory, which libfuse mounts on, by mount(2) or fusermount3; or
    ///   `/dev/fd/N` of a session that is mounted already, which is closed with this object.
    init(
        at mountPoint: String, options: [String], system: FileSystem, journal: consuming RequestJournal
    ) throws(FuseError) {
        self.system = system
        self.journal = journal
        var arguments = fuse_args(argc: 0, argv: nil, allocated: 0)
        defer { fuse_opt_free_args(&arguments) }
        fuse_opt_add_arg(&arguments, "keeper-injector")
        for option in options {
            fuse_opt_add_arg(&arguments, "-o")
            fuse_opt_add_arg(&arguments, option)
        }
        var operations = Operations.table()
        guard
            let session = fuse_session_new(
                &arguments, &operations, MemoryLayout<fuse_lowlevel_ops>.size,
                Unmanaged.passUnretained(system).toOpaque())
        else { throw .library("fuse_session_new") }
        guard fuse_session_mount(session, mountPoint) == 0 else {
            fuse_session_destroy(session)
            throw .notMounted(mountPoint)
        }
        self.session = session
        descriptor = fuse_session_fd(session)
        // Two threads wait for one descriptor: who comes second goes on waiting.
        _ = setNonblocking(descriptor)
    }

    deinit { fuse_session_destroy(session) }

    var journalFile: Int32 { journal.file }

    /// Detaches what libfuse mounted (MNT_DETACH); nothing of a session that somebody else mounted.
    func unmount() { fuse_session_unmount(session) }

    /// Answers one request that is in memory.
    func process(_ request: [UInt8]) {
        var request = request
        request.withUnsafeMutableBytes { process($0, count: $0.count) }
    }

    /// Answers what an earlier server had taken and not answered.
    func processPending() {
        for slot in 0..<RequestJournal.slotCount {
            if let request = journal.pending(slot) { process(request) }
            journal.clear(slot)
        }
    }

    /// A request that was taken and not answered: INIT, when the server before us died just then.
    func pending(_ slot: Int) -> [UInt8]? { journal.pending(slot) }

    /// Waits for the kernel's next request and takes it into a slot, which `processPending` answers.
    func take(into slot: Int, within timeout: Duration) throws(FuseError) -> [UInt8] {
        let end = monotonicTime() + timeout
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 100) >= 0 || errno == EINTR else { throw .system("poll", errno) }
            if receive(into: slot) != nil, let request = journal.pending(slot) { return request }
            guard monotonicTime() < end else { throw .silentKernel }
        }
    }

    /// Starts the threads that answer.
    ///
    /// - Parameter ended: called when the kernel has ended the session, since it was unmounted, and not by
    ///   `stop`.
    func start(ended: @escaping @Sendable () -> Void) throws(FuseError) {
        for slot in 0..<RequestJournal.slotCount {
            workers.withLock { $0 += 1 }
            do throws(SystemError) {
                // Each holds the session until it ends.
                try Thread.start { [self] in
                    let isUnmounted = serve(slot)
                    if leave() == 0, isUnmounted { ended() }
                }
            } catch {
                _ = leave()
                stop()
                throw .system(error.call, error.code)
            }
        }
    }

    /// Lets the threads end after what they are at.
    func stop() { stopping.raise() }

    /// FUSE_NOTIFY_INVAL_ENTRY for names at the top, and the listing of the root. Never called by a
    /// thread that answers, and with no lock held that it may want: the kernel waits for lookups under way.
    ///
    /// - Parameter old: directories that are shown no more. Somebody may hold one open, and with it the kernel
    ///   would keep each name in it, and its value, until memory is short.
    func invalidate(_ names: some Sequence<String>, in old: [Inode] = [], helpers: Helpers) {
        var invalidation = Invalidation()
        for directory in old {
            for entry in directory.listing?.entries ?? [] {
                invalidation.add(entry.name, in: directory.number)
            }
        }
        for name in names { invalidation.add(name, in: FileSystem.rootNumber) }
        invalidation.add(FileSystem.rootNumber)
        invalidation.send(to: descriptor, helpers: helpers)
    }

    /// FUSE_NOTIFY_INVAL_ENTRY for names in directories, by their numbers.
    func invalidate(_ names: [UInt64: Set<String>], helpers: Helpers) {
        guard !names.isEmpty else { return }
        var invalidation = Invalidation()
        for (directory, names) in names {
            for name in names { invalidation.add(name, in: directory) }
        }
        invalidation.send(to: descriptor, helpers: helpers)
    }

    /// Whether the kernel holds an inode (FUSE_NOTIFY_INVAL_INODE of its attributes).
    func kernelKnows(_ number: UInt64) -> Bool {
        fuse_lowlevel_notify_inval_inode(session, number, -1, 0) != -ENOENT
    }

    /// - Returns: how many are still at work.
    private func leave() -> Int {
        workers.withLock { count in
            count -= 1
            return count
        }
    }

    /// - Returns: whether the kernel ended the session.
    private func serve(_ slot: Int) -> Bool {
        while true {
            var entries = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopping.number, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 || errno == EINTR else { return false }
            if entries[1].revents != 0 { return false }
            guard let count = receive(into: slot) else {
                if errno == ENODEV { return true }
                continue
            }
            process(journal.slot(slot), count: count)
            journal.clear(slot)
        }
    }

    /// read(2) of one request; `nil` with errno when there is none.
    private func receive(into slot: Int) -> Int? {
        let slot = journal.slot(slot)
        let count = read(descriptor, slot.baseAddress, slot.count)
        // ENOENT: the process that asked was interrupted. EAGAIN: another thread was first.
        return count < RequestHeader.size ? nil : count
    }

    private func process(_ request: UnsafeMutableRawBufferPointer, count: Int) {
        var buffer = fuse_buf()
        buffer.mem = request.baseAddress
        buffer.size = count
        fuse_session_process_buf(session, &buffer)
    }
}
