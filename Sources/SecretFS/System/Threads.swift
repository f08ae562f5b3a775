import CLinux
import Glibc

/// Threads without Swift concurrency: fetching, publishing and serving block by nature, and its thread pool
/// costs more memory than the agent may have.
package enum Thread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// pthread_create(3), detached, with all signals blocked: they belong to the main thread.
    ///
    /// - Parameter stackSize: bytes; `nil` for the system's 8 MiB.
    package static func start(
        stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        if let stackSize { pthread_attr_setstacksize(&attributes, stackSize) }
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(body))
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw SystemError(call: "pthread_create", code: code)
        }
    }
}

/// eventfd(2): what wakes a thread that waits in poll(2).
final class EventDescriptor: Sendable {
    let number: Int32

    init() { number = klinux_event_descriptor() }

    deinit { close(number) }

    func raise() { klinux_raise_event(number) }

    /// Waits until it is raised, and lowers it.
    func wait() {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, -1) != 1 {}
        var count: UInt64 = 0
        _ = read(number, &count, 8)
    }
}

/// fcntl(2) F_SETFL with O_NONBLOCK.
func setNonblocking(_ descriptor: Int32) -> Bool { klinux_set_nonblocking(descriptor) == 0 }
