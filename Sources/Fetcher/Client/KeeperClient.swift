import Plan
import SecretMemory
package import Vault

/// Reads what Keeper shares with one KSM application.
///
///     let client = try KeeperClient(configuration: configuration)
///     let vault = try client.fetchVault(deadline: nil)   // one request for any number of records
///     let password = try vault.values(of: Notation("db/field/password"))
///
/// Used from one thread at a time; `cancellation` stops it from any other. The connection stays open
/// between calls.
package final class KeeperClient {
    package let configuration: ClientConfiguration
    let channel: KeeperChannel

    /// - Parameter observer: called in the thread of the call, for logs and metrics.
    /// - Throws: `KeeperError.authorities`, `.internal`.
    package init(
        configuration: ClientConfiguration, options: ClientOptions = ClientOptions(),
        cancellation: Cancellation = Cancellation(),
        observer: @escaping (FetchEvent) -> Void = { _ in }
    ) throws(KeeperError) {
        self.configuration = configuration
        channel = try KeeperChannel(
            identity: configuration.identity, options: options, cancellation: cancellation,
            observer: observer)
    }

    /// Fetches records in one request.
    ///
    /// - Parameters:
    ///   - recordUIDs: only these; none for all that are shared with the application.
    ///   - deadline: no wait and no request goes beyond it.
    /// - Throws: `KeeperError`. A single record that cannot be decrypted is no error: see
    ///   `Vault.damaged`.
    package func fetchVault(
        recordUIDs: [String] = [], deadline: ContinuousClock.Instant? = nil
    ) throws(KeeperError) -> Vault {
        let payload = RequestPayload(
            clientID: configuration.identity.clientID, requestedRecords: recordUIDs
        ).json
        let answer = try channel.call(.getSecret, payload: payload, deadline: deadline)
        guard answer.root.kind == .object else { throw notAnObject }
        return VaultReader(appKey: configuration.appKey).read(answer.root)
    }

    /// Fetches the tree of folders, needed only to find a folder by its path.
    /// - Returns: the folders that could be decrypted, and what is wrong with the others.
    package func fetchFolders(
        deadline: ContinuousClock.Instant? = nil
    ) throws(KeeperError) -> (folders: [Folder], damaged: [Vault.Damage]) {
        let payload = RequestPayload(clientID: configuration.identity.clientID).json
        let answer = try channel.call(.getFolders, payload: payload, deadline: deadline)
        guard answer.root.kind == .object else { throw notAnObject }
        return FolderReader(appKey: configuration.appKey, answer: answer.root).read()
    }

    /// How often in a row Keeper has said "throttled"; 0 after an answer.
    package var refusals: Int { channel.refusals }

    /// When to refresh next: `interval` ± 10 %, in the clientId's rounds where it is long enough.
    package func pause(_ interval: Duration) -> Duration {
        var random = SystemRandomNumberGenerator()
        let seconds = Double(interval.milliseconds) / 1000
        return .milliseconds(Int(channel.rounds.pause(seconds, from: wallClock(), using: &random) * 1000))
    }

    private var notAnObject: KeeperError {
        .unreadable(host: channel.host, reason: "it is JSON, but not an object")
    }
}
