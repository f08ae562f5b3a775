import Plan

/// The Plan while its annotations are read, with all that is to be said about them.
struct Draft {
    let options: AnnotationParser.Options
    var configuration: String?
    /// `auth-secret`, the old name.
    var oldConfiguration: (annotation: Annotation, name: String)?
    var secretsPath = AbsolutePath.defaultSecretsPath
    var refreshInterval: Duration?
    var initOnly = false
    var failOnError = true
    var strictLookup = false
    var initTimeout: Duration?
    private var selections: [(annotation: Annotation, selection: Selection)] = []
    private(set) var mistakes: [Mistake] = []
    private(set) var warnings: [AnnotationWarning] = []

    init(options: AnnotationParser.Options) {
        self.options = options
    }

    mutating func report(_ mistake: Mistake) { mistakes.append(mistake) }

    mutating func warn(_ annotation: Annotation, _ message: String) {
        warnings.append(AnnotationWarning(annotation: annotation.name, message: message))
    }

    mutating func warnUnknown(_ annotation: Annotation) {
        let near = nearest(to: annotation.key, among: KnownAnnotation.all.map(\.name), limit: 1).first
        warnings.append(
            AnnotationWarning(
                annotation: Annotation.prefix + quoted(annotation.key).dropFirst().dropLast(),
                message: "is unknown and has no effect"
                    + (near.map { ", is \(Annotation.prefix)\($0) meant?" } ?? "")))
    }

    /// Takes a selection, unless it is asked for already or its path is refused.
    mutating func add(_ selection: Selection, of annotation: Annotation) {
        guard case .path(let path) = selection.output else {
            if selections.contains(where: { $0.selection.isSameContent(as: selection) }) {
                return warn(annotation, "asks for the same record as another annotation")
            }
            return selections.append((annotation, selection))
        }
        if let objection = PathRules.objection(toFile: path, secretsPath: secretsPath) {
            return report(annotation.mistake(objection.problem, expected: objection.expected))
        }
        if let other = selections.first(where: { $0.selection.output == selection.output }) {
            guard other.selection.isSameContent(as: selection) else {
                return report(
                    annotation.mistake(
                        "writes \(quoted(path.description)), as \(other.annotation.name) does with other content",
                        expected: "a path of its own for each selection"))
            }
            return warn(annotation, "asks for the same file as \(other.annotation.name)")
        }
        selections.append((annotation, selection))
    }

    /// - Throws: `InjectionError` with all mistakes.
    mutating func finish() throws(InjectionError) -> Plan {
        let source = configurationSource()
        if selections.isEmpty, !mistakes.contains(where: \.isAboutSelection) {
            report(
                Mistake(
                    annotation: Annotation.prefix + "secret", problem: "nothing is selected",
                    expected: "at least one of secret, secrets, secret-NAME",
                    example: Annotation.prefix + "secret: \"database-credentials\""))
        }
        reportFilesThatAreDirectories()
        if initOnly, refreshInterval != nil {
            let name = Annotation.prefix + "refresh-interval"
            warn(Annotation(name: name, value: ""), "has no effect with init-only: \"true\"")
        }
        guard mistakes.isEmpty, let source else {
            // Sorted, for the order of a dictionary must not show; stable within one annotation.
            let order = mistakes.enumerated().sorted {
                ($0.element.annotation, $0.offset) < ($1.element.annotation, $1.offset)
            }
            throw InjectionError(mistakes: order.map(\.element))
        }
        return plan(source)
    }

    private mutating func plan(_ source: ConfigurationSource) -> Plan {
        let directories = PathRules.directories(
            for: selections.map(\.selection).compactMap(\.path), secretsPath: secretsPath)
        for directory in directories.dropLast() {
            let origin = selections.first { $0.selection.path?.relative(to: directory) != nil }?.annotation
            guard let origin else { continue }
            warn(origin, "\(directory) is mounted over: what the image has in it cannot be seen")
        }
        var plan = Plan(
            configuration: source, selections: selections.map(\.selection), secretsPath: secretsPath,
            directories: directories, initOnly: initOnly, failOnError: failOnError,
            strictLookup: strictLookup)
        if let refreshInterval { plan.refreshInterval = refreshInterval }
        if let initTimeout { plan.initTimeout = initTimeout }
        return plan
    }

    private mutating func configurationSource() -> ConfigurationSource? {
        if let old = oldConfiguration {
            warn(old.annotation, "is the old name of \(Annotation.prefix)ksm-config, which should be used")
            if let configuration, configuration != old.name {
                report(
                    old.annotation.mistake(
                        "contradicts \(Annotation.prefix)ksm-config: \(quoted(configuration))",
                        expected: "ksm-config alone"))
            }
        }
        if let name = configuration ?? oldConfiguration?.name { return .secret(name: name) }
        // A pod's own name is there but wrong: that is told already.
        if mistakes.contains(where: { $0.isAbout("ksm-config") || $0.isAbout("auth-secret") }) { return nil }
        if options.hasConfiguration { return .commandLine }
        if let name = options.defaultConfiguration { return .secret(name: name) }
        report(
            Mistake(
                annotation: Annotation.prefix + "ksm-config", problem: "is missing",
                expected:
                    "the Secret in the pod's namespace that holds the KSM configuration (key \"config\")",
                example: Annotation.prefix + "ksm-config: \"keeper-credentials\""))
        return nil
    }

    /// `/app/config` cannot be a file and the directory of `/app/config/db.json`.
    private mutating func reportFilesThatAreDirectories() {
        let files = selections.compactMap { entry in entry.selection.path.map { (entry.annotation, $0) } }
        for (annotation, file) in files {
            guard let inner = files.first(where: { $0.1.relative(to: file) != nil }) else { continue }
            report(
                annotation.mistake(
                    "\(quoted(file.description)) is to be a file, but \(inner.0.name) needs it as a directory",
                    expected: "another name for one of them"))
        }
    }
}

extension Selection {
    fileprivate var path: AbsolutePath? {
        if case .path(let path) = output { path } else { nil }
    }

    fileprivate func isSameContent(as other: Selection) -> Bool {
        target == other.target && format == other.format && output == other.output
    }
}

extension Mistake {
    fileprivate func isAbout(_ key: String) -> Bool { annotation == Annotation.prefix + key }

    fileprivate var isAboutSelection: Bool {
        KnownAnnotation.find(String(annotation.dropFirst(Annotation.prefix.count)))?.phase == .selections
    }
}
