import Glibc

/// Where the health endpoint listens, as the kernel wants it.
enum SocketAddress {
    /// A path in the file system.
    case unix(sockaddr_un)
    case anyIPv6(port: UInt16)
    case anyIPv4(port: UInt16)

    /// - Returns: `nil` when the path is longer than the 107 bytes of a `sockaddr_un`.
    init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
            guard path.utf8.count < target.count else { return false }
            target.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { return nil }
        self = .unix(address)
    }

    var family: Int32 {
        switch self {
        case .unix: AF_UNIX
        case .anyIPv6: AF_INET6
        case .anyIPv4: AF_INET
        }
    }

    /// For `bind` and `connect`, which take the address of any family as a `sockaddr`.
    func with<Result>(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result) -> Result {
        switch self {
        case .unix(let address): SocketAddress.call(body, with: address)
        case .anyIPv6(let port):
            SocketAddress.call(
                body,
                with: sockaddr_in6(
                    sin6_family: sa_family_t(AF_INET6), sin6_port: port.bigEndian, sin6_flowinfo: 0,
                    sin6_addr: in6_addr(), sin6_scope_id: 0))
        case .anyIPv4(let port):
            SocketAddress.call(
                body,
                with: sockaddr_in(
                    sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: in_addr(),
                    sin_zero: (0, 0, 0, 0, 0, 0, 0, 0)))
        }
    }

    private static func call<Address, Result>(
        _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result, with address: Address
    ) -> Result {
        withUnsafeBytes(of: address) {
            body($0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
    }
}
