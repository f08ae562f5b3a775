import Plan

/// The Plan while its annotations are read, with all that is to be said about them.
struct Draft {
    let options: AnnotationParser.Options
    var source = SourceDraft()
    var settings = PodSettings()
    var backend: Backend
    var secretsPath = AbsolutePath.defaultSecretsPath
    var refreshInterval: Duration?
    var initOnly = false
    var failOnError = true
    var strictLookup = false
    var strictTemplates = false
    var initTimeout: Duration?
    var maxStaleness: Duration?
    var onStale = StalePolicy.keep
    var notification = Notification()
    var metricsPort: UInt16?
    var logLevel: String?
    var environment = EnvironmentDraft()
    var kubernetesSecret = KubernetesSecretDraft()
    var folder = FolderDraft()
    /// Annotations that are judged together with others, by name without prefix.
    var given: [String: Annotation] = [:]
    private(set) var selections: [DraftSelection] = []
    private(set) var folders: [(annotation: Annotation, selection: FolderSelection)] = []
    private(set) var mistakes: [Mistake] = []
    private(set) var warnings: [AnnotationWarning] = []

    init(options: AnnotationParser.Options) {
        self.options = options
        backend = options.defaults.backend
    }

    mutating func report(_ mistake: Mistake) { mistakes.append(mistake) }

    mutating func warn(_ annotation: Annotation, _ message: String) {
        warnings.append(AnnotationWarning(annotation: annotation.name, message: message))
    }

    mutating func meetUnknown(_ annotation: Annotation) {
        let near = nearest(to: annotation.key, among: KnownAnnotation.all.map(\.name), limit: 1).first
            .map { Annotation.prefix + $0 }
        if options.strictAnnotations {
            return report(
                annotation.mistake("is unknown", expected: near ?? "an annotation that the injector knows"))
        }
        warnings.append(
            AnnotationWarning(
                annotation: Annotation.prefix + quoted(annotation.key).dropFirst().dropLast(),
                message: "is unknown and has no effect" + (near.map { ", is \($0) meant?" } ?? "")))
    }

    func hasMistake(about key: String) -> Bool {
        mistakes.contains { $0.annotation == Annotation.prefix + key }
    }

    /// Takes a selection, unless it is asked for already or its path is refused.
    mutating func add(_ entry: DraftSelection) {
        var entry = entry
        entry.applyPodWide(environment, kubernetesSecret)
        let (annotation, selection) = (entry.annotation, entry.selection)
        guard case .path(let path) = selection.output else {
            if selections.contains(where: { $0.selection.isSameContent(as: selection) }) {
                return warn(annotation, "asks for the same record as another annotation")
            }
            return selections.append(entry)
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
        selections.append(entry)
    }

    /// Takes a folder, unless its directory is refused.
    mutating func add(_ folder: FolderSelection, of annotation: Annotation) {
        if case .directory(let directory) = folder.output,
            let objection = PathRules.objection(toDirectory: directory, secretsPath: secretsPath)
        {
            return report(annotation.mistake(objection.problem, expected: objection.expected))
        }
        guard
            !folders.contains(where: {
                $0.selection.folder == folder.folder && $0.selection.output == folder.output
            })
        else { return warn(annotation, "asks for the same folder twice") }
        folders.append((annotation, folder))
    }
}

/// A selection, the annotation it comes from, and whether it says where its file goes.
struct DraftSelection {
    let annotation: Annotation
    var selection: Selection
    var hasOwnPath: Bool
    /// `injectAsEnvVars: false`, `injectAsK8sSecret: false`: it wants no part in what holds for the pod.
    var declinesEnvironment = false
    var declinesKubernetesSecret = false

    init(annotation: Annotation, selection: Selection, hasOwnPath: Bool) {
        self.annotation = annotation
        self.selection = selection
        self.hasOwnPath = hasOwnPath
    }
}

extension Selection {
    var path: AbsolutePath? {
        if case .path(let path) = output { path } else { nil }
    }

    fileprivate func isSameContent(as other: Selection) -> Bool {
        var same = self
        same.origin = other.origin
        return same == other
    }
}
