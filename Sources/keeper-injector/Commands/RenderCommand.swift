import Agent
import ArgumentParser
import CommandOptions
import Fetcher
import Glibc
import GoTemplate
import Plan
import Render
import SecretMemory
import Telemetry
import TemplateSyntax
import Vault

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Prints what would be written, for people who write templates.",
        discussion: """
            Of a manifest: every file that its pod would get, under its path, and its environment variables; \
            --path prints one of the files as it is. Of a template: what it makes of a record, or of a map in a JSON file, for which no Keeper \
            is needed. With --sample the names are real and the values are made up, so that nothing secret \
            is shown.

            Examples:
              keeper-injector render --ksm-config keeper.json -f pod.yaml --sample
              keeper-injector render --ksm-config keeper.json --template db.tpl --record "My database"
              keeper-injector render --template db.tpl --values values.json
              keeper-injector render --template db.tpl --sample
            """)

    @OptionGroup var selection: SelectionOptions

    @Option(
        help: ArgumentHelp("One file of the pod, by its path: its bytes and nothing else.", valueName: "path")
    )
    var path: String?

    @Option(help: ArgumentHelp("A file with a template; - for stdin.", valueName: "file"))
    var template: String?

    @Option(help: ArgumentHelp("The record that the template gets, by title or uid.", valueName: "name"))
    var record: String?

    @Option(help: ArgumentHelp("A JSON file with the map that the template gets.", valueName: "file"))
    var values: String?

    @Flag(help: "Values that are made up, named like the fields.")
    var sample = false

    @Flag(help: "A key that is not there is an error, as with strict-templates.")
    var strict = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LogOptions

    func validate() throws {
        guard selection.isGiven != (template != nil) else {
            throw ValidationError("Give either -f FILE (or --annotation KEY=VALUE), or --template FILE.")
        }
        if template == nil, record != nil || values != nil || strict {
            throw ValidationError("--record, --values and --strict need --template FILE.")
        }
        if template != nil, path != nil { throw ValidationError("--path needs -f FILE.") }
        guard template != nil else { return }
        switch (record != nil, values != nil, sample) {
        case (true, true, _): throw ValidationError("Give --record or --values, not both.")
        case (_, true, true): throw ValidationError("--values are shown as they are: leave --sample out.")
        case (false, false, false):
            throw ValidationError("Give --record NAME, --values FILE.json or --sample beside --template.")
        default: break
        }
    }

    func run() throws {
        if let template {
            try render(template: template)
        } else {
            try renderPod()
        }
    }

    // MARK: A pod

    private func renderPod() throws {
        let log = logging.log
        let plan = try selection.planForHere(log: log)
        let session = try Session(connection, logging)
        let vault = try sampled(session.fetchVault(for: plan))
        let wanted = try vault.files(of: plan)
        let renderer = Renderer(
            vault: vault, strictLookup: plan.strictLookup, strictTemplates: plan.strictTemplates)
        let files = try renderer.render(wanted) { (file) throws(KeeperError) in try content(of: file, session)
        }
        let variables = try renderer.environment(of: plan.selections)
        for warning in files.flatMap(\.warnings) + variables.warnings {
            log.warn(warning.message, ["annotation": .string(warning.origin)])
        }
        for other in plan.selections where other.output == .noFile && other.environment == nil {
            log.info("becomes no file", ["annotation": .string(other.origin)])
        }
        let output = NewFile(standardOutput: ())
        guard let path else {
            return try RenderedFiles(files: files, variables: plan.setsEnvironment ? variables : nil)
                .write(to: output)
        }
        guard let file = files.first(where: { $0.path.description == path }) else {
            throw NoSuchFile(path: path, paths: files.map(\.path.description))
        }
        try output.write(file.content, line: isatty(STDOUT_FILENO) == 1)
    }

    private func sampled(_ vault: Vault) throws -> Vault { sample ? try vault.withSampleValues() : vault }

    private func content(of file: Attachment, _ session: Session) throws(KeeperError) -> SecretBytes {
        sample ? file.sampleContent : try session.client.download(file, deadline: nil)
    }

    // MARK: A template

    private func render(template path: String) throws {
        let text = try ManifestText.read(path)
        let made: SecretBytes
        do {
            let template = try Template(parsing: text)
            made = try record.map { try render(text, record: $0) } ?? render(template)
        } catch let error as TemplateError {
            throw WrongTemplate(source: ManifestText.source(of: path), error: error)
        }
        try NewFile(standardOutput: ()).write(made, line: isatty(STDOUT_FILENO) == 1)
    }

    private func render(_ template: Template) throws -> SecretBytes {
        let data = try values.map(ValuesFile.read) ?? ValuesFile.sample(of: template.fieldNames)
        let rendering = try template.render(.json(data), options: RenderOptions(isStrict: strict))
        for name in rendering.missing {
            logging.log.warn("the template asks for a key that is not there", ["key": .string(name)])
        }
        return rendering.output
    }

    private func render(_ text: String, record: String) throws -> SecretBytes {
        let session = try Session(connection, logging)
        let selection = Selection(
            origin: "--template", target: .record(record), output: .path(.defaultSecretsPath),
            format: .template(text))
        let file = try Renderer(
            vault: sampled(session.fetchVault()), strictLookup: true, strictTemplates: strict
        ).render(selection) { (file) throws(KeeperError) in try content(of: file, session) }
        for warning in file.warnings { logging.log.warn(warning.message) }
        return file.content
    }
}

/// `--path` names no file of the pod.
private struct NoSuchFile: ExplainedError {
    let path: String
    let paths: [String]

    var message: String { "the pod would get no file \(quoted(path))" }
    var hint: String? {
        paths.isEmpty ? "it would get no files at all" : "its files are " + paths.joined(separator: ", ")
    }
    var exitCode: CommandStatus { .notFound }
}

/// A mistake of the template in a file.
private struct WrongTemplate: ExplainedError {
    let source: String
    let error: TemplateError

    var message: String { "'\(source)', \(error.message)" }
    var hint: String? { error.hint }
    var exitCode: CommandStatus { error.exitCode }
}
