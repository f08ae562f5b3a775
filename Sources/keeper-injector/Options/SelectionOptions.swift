import Agent
import ArgumentParser
import Injection
import Plan
import Telemetry

/// What to select: the annotations of a manifest, or given one by one.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "A manifest with a Pod or a workload whose annotations say what to fetch; - for stdin.",
            valueName: "file"))
    var manifest: String?

    @Option(
        name: .customLong("annotation"),
        help: ArgumentHelp(
            "An annotation; repeatable. The prefix keeper.security/ may be left out.", valueName: "key=value")
    )
    var annotations: [String] = []

    func validate() throws {
        guard (manifest == nil) != annotations.isEmpty else {
            throw ValidationError("Give either -f FILE or at least one --annotation KEY=VALUE.")
        }
        for annotation in annotations where !annotation.contains("=") {
            throw ValidationError("--annotation \(annotation): expected KEY=VALUE, such as secret=my-record.")
        }
    }

    /// The plan that these annotations make; what is likely not meant is logged.
    ///
    /// - Parameter needsConfiguration: whether the annotations must name the Secret with the KSM
    ///   configuration; outside a pod it is given otherwise.
    func plan(needsConfiguration: Bool, log: Log) throws -> Plan {
        let given = try read()
        let parser = AnnotationParser(
            options: .init(
                hasConfiguration: !needsConfiguration, assumesInject: manifest == nil,
                minimumRefreshInterval: needsConfiguration ? .seconds(10) : .milliseconds(50)))
        let parsed = try parser.parse(given.annotations.map { Annotation(name: $0.name, value: $0.value) })
        for warning in parsed.warnings {
            log.warn(warning.message, ["annotation": .string(warning.annotation)])
        }
        guard let plan = parsed.plan else { throw NotInjected(title: given.title) }
        return plan
    }

    private func read() throws(ManifestError) -> Manifest {
        if let manifest { return try Manifest.read(manifest) }
        let pairs = annotations.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(parts.first ?? "")
            return (name: key.contains("/") ? key : Annotation.prefix + key, value: String(parts.last ?? ""))
        }
        return Manifest(title: "the command line", annotations: pairs)
    }
}

/// The annotations ask for nothing.
private struct NotInjected: ExplainedError {
    let title: String

    var message: String { "\(title) does not ask for secrets" }
    var hint: String? { "set the annotation keeper.security/inject: \"true\"" }
    var exitCode: CommandStatus { .configuration }
}
