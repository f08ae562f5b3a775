import Glibc

/// Asks a running agent over its Unix socket: what `keeper-injector-agent health` and kubelet's probes do.
package struct HealthProbe {
    package var socketPath: String

    package init(socketPath: String) { self.socketPath = socketPath }

    /// - Parameter target: `/healthz`, `/readyz` or `/metrics`.
    /// - Returns: the status code and the body.
    package func ask(_ target: String) throws(HealthError) -> (status: Int, body: String) {
        guard let address = SocketAddress(path: socketPath) else { throw .pathTooLong(socketPath) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .ask(socketPath, errno) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard address.with({ connect(descriptor, $0, $1) }) == 0 else { throw .ask(socketPath, errno) }
        var request = "GET \(target) HTTP/1.1\r\nHost: agent\r\n\r\n"
        let sent = request.withUTF8 {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent > 0 else { throw .ask(socketPath, errno) }

        var answer: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while answer.count < 1 << 20 {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { throw .ask(socketPath, errno) }
            if count == 0 { break }
            answer += bytes[..<count]
        }
        // "HTTP/1.1 200 OK", head, empty line, body. Swift reads CR LF as one character.
        let text = String(decoding: answer, as: UTF8.self)
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw .ask(socketPath, EPROTO) }
        let lines = text.split(separator: "\r\n" as Character, omittingEmptySubsequences: false)
        let body = lines.drop { !$0.isEmpty }.dropFirst()
        return (status, body.joined(separator: "\r\n"))
    }
}
