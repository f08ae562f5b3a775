import Agent
import ArgumentParser
import CommandOptions
import Fetcher
import Glibc
import Plan
import Render
import SecretMemory
import Vault

struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Prints one value or one record.",
        discussion: """
            Examples:
              keeper-injector get --ksm-config keeper.json keeper://db/field/password
              keeper-injector get --ksm-config keeper.json "My database" --field password
              keeper-injector get --ksm-config keeper.json "My database" --format env
            """)

    @Argument(help: ArgumentHelp("Keeper notation, or the title or uid of a record.", valueName: "what"))
    var what: String

    @Option(help: ArgumentHelp("One field of the record, by label or type.", valueName: "name"))
    var field: String?

    @Option(
        help: ArgumentHelp(
            "json (default for a record), env, properties, yaml, ini, or raw (default for a value).",
            valueName: "format"))
    var format: Format?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LogOptions

    func run() throws {
        let session = try Session(connection, logging)
        let vault = try session.fetchVault()
        let file = try Renderer(vault: vault, strictLookup: true).render(selection(in: vault)) {
            (attachment) throws(KeeperError) in try session.client.download(attachment, deadline: nil)
        }
        for warning in file.warnings { session.log.warn(warning.message) }
        try NewFile(standardOutput: ()).write(file.content, line: isatty(STDOUT_FILENO) == 1)
    }

    private func selection(in vault: Vault) throws -> Selection {
        let target: Selection.Target
        if let field {
            target = .field(record: what, name: field)
        } else if vault.records.contains(where: { $0.title == what || $0.uid == what }) {
            target = .record(what)
        } else if what.lowercased().hasPrefix("keeper://") || what.contains("/") {
            do throws(NotationError) {
                target = .notation(try Notation(what))
            } catch {
                throw UnreadableNotation(text: what, error: error)
            }
        } else {
            target = .record(what)
        }
        let standard: Format = if case .record = target { .json } else { .raw }
        return Selection(
            origin: what, target: target, output: .path(.defaultSecretsPath), format: format ?? standard)
    }
}

extension Format: ExpressibleByArgument {
    /// A format by its name; a template has none.
    public init?(argument: String) {
        guard let format = Format.named.first(where: { $0.name == argument })?.format else { return nil }
        self = format
    }

    /// For `--help`.
    public static var allValueStrings: [String] { named.map(\.name) }
}

/// The argument looks like notation and is none.
private struct UnreadableNotation: ExplainedError {
    let text: String
    let error: NotationError

    var message: String { "'\(text)' is neither a record's title nor Keeper notation: \(error.reason)" }
    var hint: String? {
        "notation is keeper://RECORD/field/NAME; write / [ ] \\ inside a name as \\/ \\[ \\] \\\\"
    }
    var exitCode: CommandStatus { .usage }
}
