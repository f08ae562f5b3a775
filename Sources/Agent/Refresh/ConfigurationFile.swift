package import Fetcher
import Glibc
package import SecretMemory

/// Where the KSM configuration is read from, each time anew, so that a rotated Secret is noticed.
package enum ConfigurationInput: Sendable {
    /// A file: the mounted Secret's key `config`, or one on a laptop.
    case file(String)
    /// The text itself, as in the environment variable `KSM_CONFIG`.
    case text(SecretBytes)

    /// A configuration is some 2 KiB; a Secret of Kubernetes is at most 1 MiB.
    private static let maxSize = 1 << 20

    package func load() throws(AgentError) -> ClientConfiguration {
        let text: SecretBytes
        switch self {
        case .text(let bytes): text = bytes
        case .file(let path): text = try ConfigurationInput.read(path)
        }
        do throws(ConfigurationError) {
            return try ClientConfiguration(parsing: text)
        } catch {
            throw .configuration(error)
        }
    }

    private static func read(_ path: String) throws(AgentError) -> SecretBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .configurationFile(path: path, code: errno) }
        defer { close(descriptor) }
        // Piece by piece: a block of the allowed size would be locked memory for nothing.
        var text = SecretBuffer(capacity: 4096)
        while text.count <= maxSize {
            let piece = try SecretBytes(capacity: 4096) { buffer throws(AgentError) in
                while true {
                    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                    if count >= 0 { return count }
                    guard errno == EINTR else { throw .configurationFile(path: path, code: errno) }
                }
            }
            if piece.count == 0 { return text.finish() }
            text.append(piece)
        }
        throw .configurationFile(path: path, code: EFBIG)
    }
}
