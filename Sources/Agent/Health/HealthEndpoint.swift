import CLinux
import Glibc

/// Answers `/healthz`, `/readyz` and `/metrics` over a Unix socket, and over TCP only where asked.
///
/// A few dozen lines of HTTP/1.1, one request a connection: a server library would cost more memory
/// than all the rest of the agent. It is driven by the `poll` of the main thread and never blocks, so
/// it answers while a fetch hangs.
struct HealthEndpoint: ~Copyable {
    private struct Connection {
        let descriptor: Int32
        var request: [UInt8] = []
        /// A client that has not sent its request by then is dropped.
        let deadline: ContinuousClock.Instant
    }

    private static let maxConnections = 32
    private static let maxRequest = 4096

    private let status: Status
    private var listeners: [Int32] = []
    private var connections: [Connection] = []
    private var socketPath: String?

    init(status: Status) { self.status = status }

    deinit {
        for descriptor in listeners + connections.map(\.descriptor) { close(descriptor) }
        if let socketPath { unlink(socketPath) }
    }

    /// Listens on a Unix socket that only the agent's own user may use. A socket left behind by an
    /// earlier process is replaced, that of a living one is not.
    mutating func listen(unixSocket path: String) throws(HealthError) {
        guard let address = SocketAddress(path: path) else { throw .pathTooLong(path) }
        guard (try? HealthProbe(socketPath: path).ask("/healthz")) == nil else {
            throw .listen(path, EADDRINUSE)
        }
        unlink(path)
        let previous = umask(0o177)
        defer { umask(previous) }
        try listen(on: address, at: path)
        socketPath = path
    }

    /// Listens on all addresses, IPv6 and IPv4, or on IPv4 alone where the kernel has no IPv6.
    mutating func listen(port: UInt16) throws(HealthError) {
        do throws(HealthError) {
            try listen(on: .anyIPv6(port: port), at: "port \(port)")
        } catch {
            guard case .listen(_, let code) = error, code == EAFNOSUPPORT else { throw error }
            try listen(on: .anyIPv4(port: port), at: "port \(port)")
        }
    }

    private mutating func listen(on address: SocketAddress, at place: String) throws(HealthError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .listen(place, errno) }
        set(SOL_SOCKET, SO_REUSEADDR, to: 1, of: descriptor)
        if address.family == AF_INET6 { set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0, of: descriptor) }
        guard address.with({ bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 16) == 0 else {
            let code = errno
            close(descriptor)
            throw .listen(place, code)
        }
        listeners.append(descriptor)
    }

    private func set(_ level: Int32, _ option: Int32, to value: Int32, of descriptor: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// What `poll` is to wait for.
    var interests: [pollfd] {
        (listeners + connections.map(\.descriptor)).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
    }

    /// Whether some client has yet to send its request, so that the clock matters.
    var hasConnections: Bool { !connections.isEmpty }

    /// Accepts, reads and answers what is ready.
    mutating func handle(_ ready: some Sequence<pollfd>) {
        for entry in ready where entry.revents != 0 {
            if listeners.contains(entry.fd) {
                accept(from: entry.fd)
            } else {
                read(from: entry.fd)
            }
        }
        for connection in connections where connection.deadline < .now { drop(connection.descriptor) }
    }

    private mutating func accept(from listener: Int32) {
        let descriptor = klinux_accept(listener)
        guard descriptor >= 0 else { return }
        // The oldest gives way, not the newest: clients of the port that send nothing must not keep
        // kubelet's probe out, which would kill the pod.
        if connections.count >= HealthEndpoint.maxConnections, let oldest = connections.first {
            drop(oldest.descriptor)
        }
        connections.append(Connection(descriptor: descriptor, deadline: .now + .seconds(2)))
    }

    private mutating func read(from descriptor: Int32) {
        guard let index = connections.firstIndex(where: { $0.descriptor == descriptor }) else { return }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return drop(descriptor) }
        connections[index].request += bytes[..<count]
        let request = connections[index].request
        guard let end = request.firstIndex(of: UInt8(ascii: "\n")) else {
            if request.count > HealthEndpoint.maxRequest { drop(descriptor) }
            return
        }
        // The request line is all that matters; the answer waits for the end of the head, lest the
        // close resets what the client still sends.
        let head = String(decoding: request, as: UTF8.self)
        guard head.contains("\r\n\r\n") || head.contains("\n\n") || request.count > HealthEndpoint.maxRequest
        else { return }
        let words = String(decoding: request[..<end], as: UTF8.self).split(separator: " ")
        answer(descriptor, method: words.first.map(String.init) ?? "", target: words.dropFirst().first ?? "")
        drop(descriptor)
    }

    private func answer(_ descriptor: Int32, method: String, target: Substring) {
        var (code, type, body) = ("200 OK", "text/plain; charset=utf-8", "ok\n")
        switch target.prefix(while: { $0 != "?" }) {
        case "/healthz": break
        case "/readyz":
            if !status.isReady {
                (code, body) = ("503 Service Unavailable", "no current secrets published\n")
            }
        case "/metrics": (type, body) = ("text/plain; version=0.0.4; charset=utf-8", status.metrics)
        default: (code, body) = ("404 Not Found", "try /healthz, /readyz or /metrics\n")
        }
        if method != "GET" && method != "HEAD" {
            (code, body) = ("405 Method Not Allowed", "only GET and HEAD\n")
        }
        var text =
            "HTTP/1.1 \(code)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n" + (method == "HEAD" ? "" : body)
        // A few KiB fit the socket's buffer; who does not read them gets no more.
        text.withUTF8 { _ = send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private mutating func drop(_ descriptor: Int32) {
        close(descriptor)
        connections.removeAll { $0.descriptor == descriptor }
    }
}
