import CLinux
import Glibc

/// The talk between a server and what holds its mount: packets (SOCK_SEQPACKET) of a few bytes with
/// descriptors. It stays open as long as both live: its end tells each that the other is gone.
///
/// | packet | from | descriptors | meaning |
/// |---|---|---|---|
/// | `F1` | holder | `/dev/fuse` | a fresh mount: the kernel's INIT is still to come |
/// | `R1` | holder | `/dev/fuse`, journal, state | go on where an earlier server stopped |
/// | `X1` | holder | – | another server took over |
/// | `K1` | server | journal, state | keep these; INIT has not been taken yet |
/// | `I1` | server | journal, state | keep these; the session has begun |
package enum HolderPacket {
    package static let fresh = Array("F1".utf8)
    package static let resume = Array("R1".utf8)
    package static let superseded = Array("X1".utf8)
    package static let keep = Array("K1".utf8)
    package static let initialized = Array("I1".utf8)
}

/// A server's end of it.
final class HolderConnection: Sendable {
    /// What the holder handed over first. Who takes a descriptor closes it.
    enum Handover {
        case fresh(device: Int32)
        case resume(device: Int32, journal: Int32, state: Int32)
    }

    let path: String
    let descriptor: Int32

    /// Connects and takes what is handed over.
    ///
    /// - Parameter patience: how long to wait for a holder that is not there yet.
    static func open(
        _ path: String, patience: Duration
    ) throws(FuseError) -> (HolderConnection, Handover) {
        let end = monotonicTime() + patience
        while true {
            do throws(FuseError) {
                let connection = try HolderConnection(path)
                return (connection, try connection.receiveHandover())
            } catch {
                guard case .noHolder = error, monotonicTime() < end else { throw error }
            }
            usleep(20_000)
        }
    }

    private init(_ path: String) throws(FuseError) {
        self.path = path
        descriptor = klinux_packet_socket()
        guard descriptor >= 0 else { throw .system("socket", errno) }
        guard klinux_connect_unix(descriptor, path) == 0 else { throw .noHolder(path, code: errno) }
    }

    deinit { close(descriptor) }

    private func receiveHandover() throws(FuseError) -> Handover {
        // Not for ever: what accepts and stays silent is no holder.
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 5_000) == 1 else { throw .noHolder(path, code: ETIMEDOUT) }
        var bytes = [UInt8](repeating: 0, count: 16)
        var descriptors = [Int32](repeating: -1, count: 4)
        var many = descriptors.count
        let count = klinux_receive_descriptors(descriptor, &bytes, bytes.count, &descriptors, &many)
        // It closed at once: it is ending, or does not take our uid.
        guard count != 0 else { throw .noHolder(path, code: ECONNREFUSED) }
        guard count > 0 else { throw .noHolder(path, code: errno) }
        switch (Array(bytes[..<count]), many) {
        case (HolderPacket.fresh, 1): return .fresh(device: descriptors[0])
        case (HolderPacket.resume, 3):
            return .resume(device: descriptors[0], journal: descriptors[1], state: descriptors[2])
        default:
            for descriptor in descriptors[..<many] { close(descriptor) }
            throw .foreignHolder(path)
        }
    }

    /// Gives the holder the journal and the state to keep in place of earlier ones.
    func keep(journal: Int32, _ state: SessionState) throws(FuseError) {
        let file: Int32
        do throws(SystemError) { file = try state.makeFile() } catch { throw FuseError(error) }
        defer { close(file) }
        let packet = state.initialization.isEmpty ? HolderPacket.keep : HolderPacket.initialized
        while true {
            let sent = klinux_send_descriptors(descriptor, packet, packet.count, [journal, file], 2)
            if sent == packet.count { return }
            switch errno {
            case EINTR: continue
            // The holder is behind with reading: a moment, and it goes on.
            case EAGAIN: usleep(1_000)
            default: throw .noHolder(path, code: errno)
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, 2_000) == 1 else { throw .noHolder(path, code: ETIMEDOUT) }
        }
    }

    enum End { case holderGone, superseded }

    /// Waits until the holder goes, or sends us away.
    func waitForEnd() -> End {
        var bytes = [UInt8](repeating: 0, count: 16)
        var descriptors: [Int32] = []
        while true {
            var many = 0
            let count = klinux_receive_descriptors(descriptor, &bytes, bytes.count, &descriptors, &many)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .holderGone }
            if bytes.prefix(count).elementsEqual(HolderPacket.superseded) { return .superseded }
        }
    }
}
