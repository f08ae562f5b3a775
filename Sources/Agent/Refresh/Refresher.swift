package import Fetcher
import Plan
import Render
package import SecretFS
import SecretMemory
import Vault
import Telemetry

/// One refresh: fetch everything in one call, render every selection, publish one generation.
///
/// All or nothing: when any selection cannot be rendered, the published files stay as they were.
/// Used by one thread at a time.
package final class Refresher {
    private let plan: Plan
    private let input: ConfigurationInput
    private let options: ClientOptions
    private let publisher: any Publisher
    private let log: Log
    private let status: Status
    private let cancellation: Cancellation
    private let selectsEverything: Bool

    /// Kept between refreshes for its connection.
    private var client: KeeperClient?
    private var attachments = AttachmentCache()
    /// Files of templates with random or time functions, which stay until their record changes.
    private var volatile: [RenderedFile] = []
    private var reported = RepeatedWarnings()
    private var folders = FolderCache()
    /// Uids of the records that the plan names by title, as they were found.
    private var titles: [String: String] = [:]

    package init(
        settings: AgentSettings, publisher: any Publisher, status: Status, cancellation: Cancellation
    ) {
        plan = settings.plan
        input = settings.configuration
        options = settings.client
        log = settings.log
        self.publisher = publisher
        selectsEverything = settings.selectsEverything
        self.status = status
        self.cancellation = cancellation
    }

    /// - Parameter deadline: waiting for a throttling Keeper ends there; `nil` for no end.
    package func refresh(deadline: ContinuousClock.Instant? = nil) throws(AgentError) {
        do throws(AgentError) {
            let (client, vault) = try fetch(deadline: deadline)
            let files = try render(vault, client: client, deadline: deadline)
            let publication = try publish(files)
            status.refreshed(secrets: files.count, changed: publication.wroteAnything)
            report(publication)
        } catch {
            // A transfer that SIGTERM cut short is no failure of Keeper's.
            guard !cancellation.isCancelled else { throw .interrupted }
            status.failed(reason: error.reason)
            throw error
        }
    }

    private func fetch(
        deadline: ContinuousClock.Instant?
    ) throws(AgentError) -> (KeeperClient, Vault) {
        let client: KeeperClient
        if let open = self.client {
            client = open
        } else {
            client = try connect()
            self.client = client
        }
        let start = ContinuousClock.now
        var vault: Vault
        do throws(KeeperError) {
            vault = try client.fetchVault(deadline: deadline)
            if plan.needsFolders {
                var damaged: [Vault.Damage] = []
                vault.folders = try folders.tree(for: vault, plan: plan) { () throws(KeeperError) in
                    let answer = try client.fetchFolders(deadline: deadline)
                    damaged = answer.damaged
                    return FolderTree(answer.folders)
                }
                vault.damaged += damaged
            }
        } catch {
            throw .keeper(error)
        }
        let duration = start.duration(to: .now)
        status.fetched(records: vault.records.count, in: duration)
        log.debug(
            "fetched",
            [
                "records": .integer(vault.records.count),
                "milliseconds": .integer(Int(duration.inSeconds * 1000)),
            ])
        for warning in vault.warnings { log.warn("keeper says", ["warning": .string(warning)]) }
        for damage in reported.new(in: vault.damaged, of: "damage", as: { "\($0)" }) { log.damage([damage]) }
        vault.formerTitles = titles
        for name in Set(plan.selections.map(\.target.record)) {
            if let record = vault.records.first(where: { $0.title == name }) { titles[name] = record.uid }
        }
        return (client, vault)
    }

    private func connect() throws(AgentError) -> KeeperClient {
        let configuration = try input.load()
        let log = log
        do throws(KeeperError) {
            return try KeeperClient(
                configuration: configuration, options: options, cancellation: cancellation,
                observer: log.event)
        } catch {
            throw .keeper(error)
        }
    }

    private func render(
        _ vault: Vault, client: KeeperClient, deadline: ContinuousClock.Instant?
    ) throws(AgentError) -> [RenderedFile] {
        var used = AttachmentCache()
        let files: [RenderedFile]
        do throws(RenderFailure) {
            files = try Renderer(
                vault: vault, strictLookup: plan.strictLookup, strictTemplates: plan.strictTemplates,
                earlier: volatile
            ).render(
                selectsEverything
                    ? Everything(secretsPath: plan.secretsPath).selections(in: vault)
                    : vault.files(of: plan)
            ) {
                (attachment) throws(KeeperError) in
                // Downloaded again only when Keeper has another version of it.
                if let known = attachments.content(of: attachment) {
                    used.keep(known, of: attachment)
                    return known
                }
                let content = try client.download(attachment, deadline: deadline)
                used.keep(content, of: attachment)
                return content
            }
        } catch {
            attachments.keep(used)
            throw .render(error)
        }
        attachments = used
        volatile = files.filter { $0.volatility != nil }
        let warnings = files.flatMap(\.warnings)
        for warning in reported.new(in: warnings, of: "render", as: \.description) {
            log.warn(warning.message, ["annotation": .string(warning.origin)])
        }
        return files
    }

    private func publish(_ files: [RenderedFile]) throws(AgentError) -> Publication {
        let generation: Generation
        do throws(GenerationError) {
            generation = try Generation(
                files.map {
                    GenerationFile(path: $0.path, content: $0.content, origin: $0.origin, mode: $0.mode)
                })
        } catch {
            throw .generation(error)
        }
        // Past this point a stop waits: the swap takes milliseconds.
        guard !cancellation.isCancelled else { throw .interrupted }
        do throws(PublishError) {
            return try publisher.publish(generation)
        } catch {
            throw .publish(error)
        }
    }

    private func report(_ publication: Publication) {
        guard publication.wroteAnything else { return log.debug("unchanged") }
        let names = { (paths: [AbsolutePath]) in LogValue.list(paths.map(\.description)) }
        log.info(
            "published",
            [
                "added": names(publication.added), "changed": names(publication.changed),
                "removed": names(publication.removed),
            ])
        if SecretMemory.SecretBytes.unlockedBytes > 0 {
            for _ in reported.new(in: [true], of: "mlock", as: { "\($0)" }) {
                log.warn(
                    "some secret memory cannot be locked and may be swapped",
                    ["bytes": .integer(SecretBytes.unlockedBytes), "hint": "raise RLIMIT_MEMLOCK"])
            }
        }
    }
}
