import Fetcher
import Plan
import Render
import SecretMemory
import Synchronization
import Telemetry
import Vault

/// One KSM configuration's talk with Keeper: one `get_secret` for all Secrets that are made of it.
///
/// The calls block: they belong into a thread that may wait.
final class KeeperSession: Sendable {
    private struct State {
        var client: KeeperClient?
        /// What `client` was made of.
        var text: SecretBytes?
        var folders: FolderTree?
        /// Folders of records that Keeper did not tell about: asking again would not help.
        var untold: Set<String> = []
        /// Contents of the attachments that the last refresh used: each is downloaded once a version.
        var attachments: [Attachment.Version: SecretBytes] = [:]
    }

    /// One group of equal pods.
    struct Wish: Sendable {
        var plan: Plan
        var text: String
    }

    private let options: ClientOptions
    private let namespace: String
    private let cancellation: Cancellation
    private let log: Log
    /// Protects the client, which one thread at a time may use: the lock is held during a call.
    private let state = Mutex(State())

    init(_ key: ConfigurationKey, caFile: String?, cancellation: Cancellation, log: Log) {
        // One namespace's server must not hold a thread or memory for long.
        options = ClientOptions(
            caFile: caFile, proxy: key.proxy,
            noProxy: key.noProxy.isEmpty ? nil : key.noProxy.joined(separator: ","),
            requestTimeout: .seconds(15), answerLimit: 32 << 20)
        namespace = key.namespace
        self.cancellation = cancellation
        self.log = log
    }

    /// - Parameters:
    ///   - text: the KSM configuration as it is now.
    ///   - deadline: no call goes beyond it.
    func refresh(
        _ text: SecretBytes, _ wishes: [Wish], deadline: ContinuousClock.Instant
    ) throws(ControllerError) -> [SecretDraft] {
        try state.withLock { state throws(ControllerError) in
            let client = try connect(text, &state)
            do throws(KeeperError) {
                return try fetch(client, wishes, deadline, &state)
            } catch {
                throw .keeper(error)
            }
        }
    }

    /// When to refresh next, in the rounds of requests that share one clientId.
    func pause(_ interval: Duration) -> Duration {
        state.withLock { $0.client?.pause(interval) } ?? interval * Double.random(in: 0.9...1.1)
    }

    private func connect(_ text: SecretBytes, _ state: inout State) throws(ControllerError) -> KeeperClient {
        if let client = state.client, let known = state.text, known.hasSameBytes(as: text) { return client }
        let configuration: ClientConfiguration
        do throws(ConfigurationError) {
            configuration = try ClientConfiguration(parsing: text)
        } catch {
            throw .configuration(error)
        }
        do throws(KeeperError) {
            let client = try KeeperClient(
                configuration: configuration, options: options, cancellation: cancellation)
            state = State(client: client, text: text)
            return client
        } catch {
            throw .keeper(error)
        }
    }

    private func fetch(
        _ client: KeeperClient, _ wishes: [Wish], _ deadline: ContinuousClock.Instant, _ state: inout State
    ) throws(KeeperError) -> [SecretDraft] {
        var vault = try client.fetchVault(deadline: deadline)
        for damage in vault.damaged {
            log.debug("a \(damage.kind.rawValue) cannot be read", ["uid": .string(damage.uid)])
        }
        var all = Plan(configuration: .commandLine, selections: [])
        all.folders = wishes.flatMap(\.plan.folders)
        if all.needsFolders {
            if let known = state.folders, all.isAnswered(by: known, for: vault, ignoring: state.untold) {
                vault.folders = known
            } else {
                let tree = FolderTree(try client.fetchFolders(deadline: deadline).folders)
                vault.folders = tree
                state.folders = tree
                state.untold = Set(vault.records.flatMap(\.folders).filter { !tree.contains(uid: $0) })
            }
        }
        let earlier = state.attachments
        var used: [Attachment.Version: SecretBytes] = [:]
        var drafts: [SecretDraft] = []
        for wish in wishes {
            let found = try SecretAssembler(vault: vault).drafts(
                of: wish.plan, in: namespace, wish: wish.text
            ) { (attachment) throws(KeeperError) in
                if let known = used[attachment.version] ?? earlier[attachment.version] {
                    used[attachment.version] = known
                    return known
                }
                let content = try client.download(attachment, deadline: deadline)
                used[attachment.version] = content
                return content
            }
            drafts += found
        }
        state.attachments = used
        return drafts
    }
}
