import Glibc
import KeeperCrypto

/// Why there is no mount, or no session with the kernel.
package enum FuseError: Error, Equatable, Sendable {
    /// `/dev/fuse` is missing, may not be opened, or mount(2) was refused.
    case notMounted(String)
    /// The directory is in use: it holds files that are not ours.
    case occupied(String)
    /// Another process serves a mount of ours there.
    case mounted(String)
    /// Nobody answers on the holder's socket.
    case noHolder(String, code: Int32)
    /// The other end of the socket speaks another version, or something else altogether.
    case foreignHolder(String)
    /// The kernel did not begin the session.
    case silentKernel
    /// Another server has taken the mount over.
    case superseded
    case library(String)
    case system(String, Int32)

    init(_ error: SystemError) { self = .system(error.call, error.code) }
    init(_ error: CryptoError) { self = .library("\(error)") }

    package var message: String {
        switch self {
        case .notMounted(let path): "no FUSE mount on \(path)"
        case .occupied(let path): "\(path) is not empty, and no mount of keeper-injector"
        case .mounted(let path): "\(path) is mounted already, by another keeper-injector"
        case .noHolder(let path, let code):
            "nobody hands over a FUSE mount on \(path): \(String(cString: strerror(code)))"
        case .foreignHolder(let path): "what answers on \(path) is no holder of this version"
        case .silentKernel: "the kernel did not begin the FUSE session"
        case .superseded: "another server has taken the mount over"
        case .library(let function): "\(function) failed"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        }
    }

    package var hint: String? {
        switch self {
        case .notMounted:
            "it takes /dev/fuse, and either root (CAP_SYS_ADMIN) or fusermount3 of the package fuse3; "
                + "the line before this one tells what libfuse met"
        case .mounted(let path): "end that one, or: fusermount3 -u \(path)"
        case .occupied: "choose an empty directory"
        case .noHolder:
            "in a pod the container keeper-secrets-mount makes it: see its log; `fuse-transport: csi`: see "
                + "the CSI driver's"
        case .foreignHolder: "run keeper-injector-mount and keeper-injector-agent of one version"
        case .superseded, .silentKernel, .library, .system: nil
        }
    }
}
