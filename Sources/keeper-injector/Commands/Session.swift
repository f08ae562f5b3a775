import Agent
import CommandOptions
import Fetcher
import Plan
import Render
import Telemetry
import Vault

/// A connection to Keeper for a command that asks once.
struct Session {
    let client: KeeperClient
    let log: Log

    init(_ connection: ConnectionOptions, _ logging: LogOptions) throws {
        let log = logging.log
        self.log = log
        client = try KeeperClient(
            configuration: try connection.input().load(), options: connection.client, observer: log.event)
    }

    /// All records, with what could not be read logged.
    func fetchVault() throws -> Vault {
        let vault = try client.fetchVault(deadline: nil)
        for warning in vault.warnings { log.warn("keeper says", ["warning": .string(warning)]) }
        log.damage(vault.damaged)
        return vault
    }

    /// All records, and the tree of folders where `plan` needs it.
    func fetchVault(for plan: Plan) throws -> Vault {
        var vault = try fetchVault()
        guard plan.needsFolders else { return vault }
        vault.folders = try fetchFolders()
        return vault
    }

    /// The tree of folders, with what could not be read logged.
    func fetchFolders() throws -> FolderTree {
        let (folders, damaged) = try client.fetchFolders(deadline: nil)
        log.damage(damaged)
        return FolderTree(folders)
    }
}
