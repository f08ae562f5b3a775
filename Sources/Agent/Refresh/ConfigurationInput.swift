package import Fetcher
package import SecretMemory

/// Where the KSM configuration is read from, each time anew, so that a rotated Secret is noticed.
package enum ConfigurationInput: Sendable {
    /// A file: the mounted Secret's key `config`, or one on a laptop.
    case file(String)
    /// The text itself, as in the environment variable `KSM_CONFIG`.
    case text(SecretBytes)

    /// A configuration is some 2 KiB; a Secret of Kubernetes is at most 1 MiB.
    private static let maxSize = 1 << 20

    package func load() throws(AgentError) -> ClientConfiguration { try parse(read()) }

    func read() throws(AgentError) -> SecretBytes {
        switch self {
        case .text(let bytes): return bytes
        case .file(let path):
            do throws(SecretFileError) {
                return try SecretFile.read(path, limit: ConfigurationInput.maxSize)
            } catch {
                throw .configurationFile(path: path, code: error.code)
            }
        }
    }

    func parse(_ text: SecretBytes) throws(AgentError) -> ClientConfiguration {
        do throws(ConfigurationError) {
            return try ClientConfiguration(parsing: text)
        } catch {
            throw .configuration(error)
        }
    }
}
