import Foundation
import Glibc
import Synchronization

/// Accepts TCP connections on the loopback interface, or another, and gives each a thread of its own.
///
/// A thread each, and blocking calls, since the emulator's faults (a reset, half an answer, silence in
/// the handshake) are done to the socket itself; there are few clients.
final class Listener: Sendable {
    let port: Int
    private let descriptor: Int32
    private let state = Mutex(State())

    /// The threads that still run, and whether new ones may start.
    private struct State {
        var isStopped = false
        var sockets: [Int: Socket] = [:]
        var nextID = 0
    }

    /// - Parameters:
    ///   - address: an IPv4 address in numbers.
    ///   - port: 0 lets the kernel choose a free one.
    init(address: String, port: Int, serve: @escaping @Sendable (Socket) -> Void) throws(TransportError) {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, flags, 0)
        guard descriptor >= 0 else { throw .system("socket", errno) }
        self.descriptor = descriptor
        self.port = try Listener.bind(descriptor, address: address, port: port)
        Thread.detachNewThread { [self] in accept(serve) }
    }

    /// Takes no more connections, ends those there are, and waits until their threads are done.
    func stop() {
        let sockets: [Socket]? = state.withLock { state in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            // Within the lock: the accepting thread closes the descriptor once it sees `isStopped`, and its
            // number could be another's by then.
            shutdown(descriptor, Int32(SHUT_RDWR))
            return Array(state.sockets.values)
        }
        guard let sockets else { return }
        for socket in sockets { socket.interrupt() }
        // Threads end by themselves once their sockets are dead; a hang is bounded for all cases.
        for _ in 0..<500 where !state.withLock({ $0.sockets.isEmpty }) { usleep(10_000) }
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    private func accept(_ serve: @escaping @Sendable (Socket) -> Void) {
        defer { close(descriptor) }
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection < 0 {
                if isStopped { return }
                // Out of descriptors, or a client that gave up: go on, but not in a busy loop.
                if errno != EINTR { usleep(1000) }
                continue
            }
            // Glibc's module knows no accept4(2); the emulator starts no processes that could inherit it.
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            let socket = Socket(descriptor: connection)
            let id: Int? = state.withLock { state in
                guard !state.isStopped else { return nil }
                state.nextID += 1
                state.sockets[state.nextID] = socket
                return state.nextID
            }
            guard let id else { return }
            let thread = Thread { [self] in
                Listener.ignoreBrokenPipes()
                serve(socket)
                state.withLock { _ = $0.sockets.removeValue(forKey: id) }
            }
            thread.stackSize = 512 * 1024
            thread.start()
        }
    }

    /// OpenSSL writes with write(2): to a closed socket that raises SIGPIPE, in the writing thread.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private static func bind(
        _ descriptor: Int32, address: String, port: Int
    ) throws(TransportError) -> Int {
        var enabled: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &enabled, socklen_t(MemoryLayout<Int32>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET, address, &name.sin_addr) == 1 else {
            close(descriptor)
            throw .system("address \(address)", EINVAL)
        }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure = withUnsafeMutableBytes(of: &name) { bytes -> Int32? in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard let pointer, Glibc.bind(descriptor, pointer, size) == 0, listen(descriptor, 256) == 0,
                getsockname(descriptor, pointer, &size) == 0
            else { return errno }
            return nil
        }
        if let failure {
            close(descriptor)
            throw .system("bind to \(address):\(port)", failure)
        }
        return Int(in_port_t(bigEndian: name.sin_port))
    }
}
