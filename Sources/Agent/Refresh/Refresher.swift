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
    private let publisher: any Publisher
    private let log: Log
    private let status: Status
    private let cancellation: Cancellation
    private let selectsEverything: Bool
    private let environment: AppEnvironment?
    private var source: ClientSource
    private var ledger: HandOverLedger

    private var attachments = AttachmentCache()
    /// Files of templates with random or time functions, which stay until their record changes.
    private var volatile: [AbsolutePath: EarlierFile] = [:]
    private var reported = RepeatedWarnings()
    private var folders = FolderCache()
    /// Uids of the records that the plan names by title, as they were found.
    private var titles: [String: String] = [:]

    package init(
        settings: AgentSettings, publisher: any Publisher, status: Status, cancellation: Cancellation
    ) {
        plan = settings.plan
        log = settings.log
        self.publisher = publisher
        selectsEverything = settings.selectsEverything
        environment = settings.environment
        self.status = status
        self.cancellation = cancellation
        ledger = HandOverLedger(settings.handOver.map(HandOverFile.init), log: log)
        source = ClientSource(
            settings.configuration, options: settings.client,
            earlierRefusals: ledger.earlier?.refusals ?? 0, cancellation: cancellation, log: log)
    }

    /// What an earlier process left.
    package enum Adoption {
        /// All published files are as it left them; how long ago Keeper answered.
        case current(files: Int, age: Duration)
        /// It removed the files, which were too old.
        case removed
        /// There is no telling: a refresh is due at once.
        case unknown
    }

    /// Whether an earlier process has published anything for the app that may still run.
    package var hasPredecessor: Bool { ledger.earlier?.answered != nil }

    /// Takes over what an earlier process has published, so that nothing is fetched or rendered twice.
    package func adopt() -> Adoption {
        guard let earlier = ledger.earlier, let answered = earlier.answered else { return .unknown }
        titles = earlier.titles
        guard !earlier.isRemoved else { return .removed }
        guard let client = try? source.current(), let key = HandOverKey(client.configuration) else {
            return .unknown
        }
        for file in earlier.files {
            guard let content = publisher.content(at: file.path), key.digest(of: content) == file.digest
            else {
                log.info(
                    "a published file is not as it was left, or the KSM configuration is another",
                    ["path": .string(file.path.description)])
                return .unknown
            }
            // What would have to be downloaded again, or come out different.
            if let attachment = file.source.attachment { attachments.keep(content, of: attachment) }
            if file.source.volatileTemplate != nil {
                volatile[file.path] = EarlierFile(source: file.source, content: content)
            }
        }
        return .current(files: earlier.files.count, age: max(.zero, bootTime() - answered))
    }

    /// - Parameter deadline: waiting for a throttling Keeper ends there; `nil` for no end.
    /// - Returns: what readers see changed.
    @discardableResult
    package func refresh(deadline: ContinuousClock.Instant? = nil) throws(AgentError) -> Publication {
        do throws(AgentError) {
            let client = try source.current()
            let vault = try fetch(client, deadline: deadline)
            let answered = bootTime()
            let files = try render(vault, client: client, deadline: deadline)
            let variables = try renderEnvironment(vault)
            // First what the app gets at its start: files may be what it waits for.
            let hasNewVariables = try publishEnvironment(variables)
            let publication = try publish(files)
            status.refreshed(
                secrets: files.count, changed: publication.wroteAnything || hasNewVariables)
            report(publication)
            ledger.published(
                files, changed: publication.wroteAnything, titles: titles, answered: answered,
                key: HandOverKey(client.configuration))
            return publication
        } catch {
            // A transfer that SIGTERM cut short is no failure of Keeper's.
            guard !cancellation.isCancelled else { throw .interrupted }
            status.failed(reason: error.reason)
            ledger.failed(refusals: source.refusals)
            throw error
        }
    }

    /// Removes every file: the last good answer is too old to serve.
    package func remove() throws(AgentError) -> Publication {
        do throws(PublishError) {
            try environment?.remove(log: log)
            let publication = try publisher.publish(.empty)
            status.removed()
            ledger.removed()
            attachments = AttachmentCache()
            volatile = [:]
            return publication
        } catch {
            throw .publish(error)
        }
    }

    /// Whether the KSM configuration is another than the last refresh used.
    package var configurationHasChanged: Bool { source.hasChanged }

    /// When to refresh next: the interval ± 10 %, in the rounds of requests that share one clientId.
    package func pause(_ interval: Duration) -> Duration {
        (try? source.current())?.pause(interval) ?? interval * Double.random(in: 0.9...1.1)
    }

    private func fetch(_ client: KeeperClient, deadline: ContinuousClock.Instant?) throws(AgentError) -> Vault
    {
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
        return vault
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
                if let known = attachments.content(of: attachment.version) {
                    used.keep(known, of: attachment.version)
                    return known
                }
                let content = try client.download(attachment, deadline: deadline)
                used.keep(content, of: attachment.version)
                return content
            }
        } catch {
            attachments.keep(used)
            throw .render(error)
        }
        attachments = used
        volatile = files.volatile
        let warnings = files.flatMap(\.warnings)
        for warning in reported.new(in: warnings, of: "render", as: \.description) {
            log.warn(warning.message, ["annotation": .string(warning.origin)])
        }
        return files
    }

    /// There are no secrets yet, and the app may start without.
    package func prepareEnvironment() throws(PublishError) { try environment?.prepare(log: log) }

    private func renderEnvironment(_ vault: Vault) throws(AgentError) -> RenderedEnvironment {
        guard environment != nil else { return .empty }
        let variables: RenderedEnvironment
        do throws(RenderFailure) {
            variables = try Renderer(vault: vault, strictLookup: plan.strictLookup)
                .environment(of: plan.selections)
        } catch {
            throw .render(error)
        }
        for warning in reported.new(in: variables.warnings, of: "environment", as: \.description) {
            log.warn(warning.message, ["annotation": .string(warning.origin)])
        }
        return variables
    }

    /// - Returns: whether any container's variables are others than before.
    private func publishEnvironment(_ variables: RenderedEnvironment) throws(AgentError) -> Bool {
        guard let environment else { return false }
        guard !cancellation.isCancelled else { throw .interrupted }
        let changed: [String]
        do throws(PublishError) {
            changed = try environment.publish(variables, log: log)
        } catch {
            throw .publish(error)
        }
        guard !changed.isEmpty else { return false }
        log.info(
            "environment variables written, containers get them when they start",
            ["containers": .list(changed), "variables": .list(variables.names)])
        return true
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
