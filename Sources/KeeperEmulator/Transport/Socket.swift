import Glibc
import Synchronization

/// A connected TCP socket, closed with the last reference.
final class Socket: ByteStream, Sendable {
    let descriptor: Int32

    /// POLLRDHUP of poll(2), which Glibc's module leaves out.
    private static let peerIsGone: Int16 = 0x2000

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var enabled: Int32 = 1
        // Answers are written whole: waiting for more to send with them would only delay.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &enabled, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { Glibc.close(descriptor) }

    /// How long a read or write may wait; setsockopt(2), SO_RCVTIMEO.
    func setTimeout(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            if errno == EINTR { continue }
            throw errno == EAGAIN ? .timedOut : .system("recv", errno)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            let count = send(descriptor, chunk.baseAddress, chunk.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw errno == EAGAIN ? .timedOut : .system("send", errno)
            }
        }
    }

    func close() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Says goodbye and reads what the peer still sends, within bounds: bytes left unread would make the
    /// kernel answer with RST, which can overtake the last answer.
    func drain() {
        close()
        setTimeout(seconds: 1)
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 16) { buffer in
            for _ in 0..<256 {
                guard let count = try? read(into: buffer), count > 0 else { return }
            }
        }
    }

    /// Ends both directions, which wakes a thread that waits in `read`.
    func interrupt() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Lets the kernel answer with RST instead of FIN once the descriptor is closed; socket(7), SO_LINGER.
    func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }

    /// Waits until the peer goes away or the emulator ends, without reading.
    func waitForEnd() {
        var poll = pollfd(fd: descriptor, events: Socket.peerIsGone, revents: 0)
        while Glibc.poll(&poll, 1, -1) < 0, errno == EINTR {}
    }
}
