import Glibc

/// What goes wrong below HTTP.
package enum TransportError: Error, CustomStringConvertible {
    /// A call of OpenSSL failed; which one.
    case openSSL(String)
    /// A system call failed; which one, and `errno`.
    case system(String, Int32)
    /// The peer closed, or the emulator ends.
    case closed
    /// The peer was silent too long.
    case timedOut

    package var description: String {
        switch self {
        case .openSSL(let call): "OpenSSL's \(call) failed"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .closed: "the connection was closed"
        case .timedOut: "the peer was silent too long"
        }
    }
}
