import ArgumentParser
import Injection
import Manifests
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

    /// Whether there is any: a command may have another way to say what it is to do.
    var isGiven: Bool { manifest != nil || !annotations.isEmpty }

    func validate() throws {
        guard manifest == nil || annotations.isEmpty else { throw Self.oneOfBoth }
        for annotation in annotations where !annotation.contains("=") {
            throw ValidationError("--annotation \(annotation): expected KEY=VALUE, such as secret=my-record.")
        }
    }

    private static var oneOfBoth: ValidationError {
        ValidationError("Give either -f FILE or at least one --annotation KEY=VALUE.")
    }

    /// The pod that the annotations are those of.
    func pod() throws -> AnnotatedPod {
        guard isGiven else { throw Self.oneOfBoth }
        guard let manifest else { return AnnotatedPod(annotations: annotations) }
        let source = ManifestText.source(of: manifest)
        return try AnnotatedPod(in: ManifestFile(ManifestText.read(manifest), source: source), source: source)
    }

    /// The plan for this machine, where the KSM configuration is given otherwise; what is likely not meant
    /// is logged.
    func planForHere(log: Log) throws -> Plan {
        let options = AnnotationParser.Options(
            hasConfiguration: true, assumesInject: manifest == nil, minimumRefreshInterval: .milliseconds(50))
        return try plan(of: pod(), options, log: log)
    }

    /// The containers that get what the pod asks for; none where only annotations are known.
    func containerNames() throws -> [String] {
        let pod = try pod()
        guard let template = pod.template else { return [] }
        let annotations = try AnnotationParser(
            options: AnnotationParser.Options(hasConfiguration: true, assumesInject: true)
        ).parse(pod.annotations)
        return try template.json.withUnsafeBytes { bytes in
            try Injector.targetNames(ofPod: bytes, settings: annotations.settings)
        }
    }

    /// The plan in a cluster, where nothing is known but annotations.
    func plan(of pod: AnnotatedPod, policy: InjectionPolicy, log: Log) throws -> Plan {
        var options = AnnotationParser.Options(policy: policy)
        options.assumesInject = manifest == nil
        return try plan(of: pod, options, log: log)
    }

    private func plan(of pod: AnnotatedPod, _ options: AnnotationParser.Options, log: Log) throws -> Plan {
        let parsed = try AnnotationParser(options: options).parse(pod.annotations)
        for warning in parsed.warnings {
            log.warn(warning.message, ["annotation": .string(warning.annotation)])
        }
        guard let plan = parsed.plan else { throw PodChoiceError.notInjected(pod.title) }
        return plan
    }
}
