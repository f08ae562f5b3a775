import Fetcher
import SecretMemory
import Telemetry

/// The client of Keeper, made anew when the KSM configuration has changed: kubelet replaces the file of a
/// rotated Secret in place.
struct ClientSource {
    private let input: ConfigurationInput
    private var options: ClientOptions
    private let cancellation: Cancellation
    private let log: Log
    /// Kept between refreshes for its connection.
    private var client: KeeperClient?
    /// What `client` was made of.
    private var text: SecretBytes?
    /// What cannot be used, and was said to be so.
    private var refused: SecretBytes?

    init(
        _ input: ConfigurationInput, options: ClientOptions, earlierRefusals: Int, cancellation: Cancellation,
        log: Log
    ) {
        self.input = input
        self.options = options
        self.cancellation = cancellation
        self.log = log
        self.options.earlierRefusals = earlierRefusals
    }

    /// How often in a row Keeper has said "throttled".
    var refusals: Int { client?.refusals ?? options.earlierRefusals }

    /// The client for the configuration as it is now. A configuration that cannot be read any more, or made
    /// sense of, leaves the client that there was.
    mutating func current() throws(AgentError) -> KeeperClient {
        var read: SecretBytes?
        do throws(AgentError) {
            let text = try input.read()
            read = text
            if let client, let known = self.text, text.hasSameBytes(as: known) { return client }
            let next = try connect(to: text)
            if client != nil { log.info("the KSM configuration has changed") }
            (client, self.text, refused) = (next, text, nil)
            return next
        } catch {
            guard let client else { throw error }
            // Nothing at all stands for a file that cannot be read.
            let text = read ?? SecretBytes([])
            if refused.map(text.hasSameBytes) != true {
                log.failure(error, "the new KSM configuration cannot be used, the old one stays")
            }
            refused = text
            return client
        }
    }

    /// Whether `current` would give another client than the last time, as far as can be seen.
    var hasChanged: Bool {
        guard let text, let now = try? input.read() else { return false }
        return !now.hasSameBytes(as: text) && refused.map(now.hasSameBytes) != true
    }

    private func connect(to text: SecretBytes) throws(AgentError) -> KeeperClient {
        let configuration = try input.parse(text)
        let log = log
        do throws(KeeperError) {
            return try KeeperClient(
                configuration: configuration, options: options, cancellation: cancellation,
                observer: log.event)
        } catch {
            throw .keeper(error)
        }
    }
}
