import Plan

extension Draft {
    /// What could be read; it holds only where there is no mistake.
    mutating func finish() -> Plan {
        finishFolder()
        let source = configurationSource()
        settings.certificateAuthority = certificateAuthority()
        checkResources()
        checkSelections()
        checkTogether()
        fillSettings()
        // Without a source there is a mistake, and nobody gets this plan.
        return plan(source ?? .commandLine)
    }

    private mutating func checkSelections() {
        if selections.isEmpty, folders.isEmpty, !mistakes.contains(where: \.isAboutSelection) {
            report(
                Mistake(
                    annotation: Annotation.prefix + "secret", problem: "nothing is selected",
                    expected:
                        "at least one of secret, secrets, secret-NAME, file-NAME, folder, folder-uid, config",
                    example: Annotation.prefix + "secret: \"database-credentials\""))
        }
        reportFilesThatAreDirectories()
    }

    /// Settings that each are right but contradict one another, or do nothing together.
    private mutating func checkTogether() {
        if initOnly, backend == .fuse {
            report(
                Mistake(
                    annotation: Annotation.prefix + "init-only", value: "true",
                    problem: "a FUSE mount is served as long as the pod runs",
                    expected: "backend: \"tmpfs\", or no init-only"))
        }
        if initOnly {
            for (name, isSet) in [
                ("refresh-interval", refreshInterval != nil), ("signal", notification.signal != nil),
                ("reload-url", notification.reloadURL != nil),
            ] where isSet {
                let annotation = Annotation(name: Annotation.prefix + name, value: "")
                warn(annotation, "has no effect with init-only: \"true\"")
            }
        }
        if notification.signal == nil, let annotation = given["signal-containers"] {
            warn(annotation, "has no effect without \(Annotation.prefix)signal")
        }
        if settings.mountStyle == .file, let annotation = given["mount-style"] {
            if backend == .fuse {
                report(
                    annotation.mistake("is not possible with backend: \"fuse\"", expected: "\"directory\""))
            } else {
                warn(
                    annotation,
                    "files are mounted one by one and never change: no rotation until the pod restarts")
            }
            // Whose name is known with the record alone cannot be mounted at admission.
            if let entry = selections.first(where: \.isNamedLater)?.annotation ?? folders.first?.annotation {
                report(
                    entry.mistake("has no path yet, as mount-style: \"file\" needs", expected: "RECORD:/path")
                )
            }
        }
    }

    private mutating func fillSettings() {
        let defaults = options.defaults
        settings.tmpfsSize = settings.tmpfsSize ?? defaults.tmpfsSize
        settings.resources = settings.resources.filled(from: defaults.resources)
    }

    private mutating func plan(_ source: ConfigurationSource) -> Plan {
        let directories = PathRules.directories(
            for: selections.compactMap(\.selection.path), folders: folders.compactMap(\.selection.directory),
            secretsPath: secretsPath)
        for directory in directories.dropLast() where settings.mountStyle == .directory {
            let origin =
                selections.first { $0.selection.path?.relative(to: directory) != nil }?.annotation
                ?? folders.first { $0.selection.directory == directory }?.annotation
            guard let origin else { continue }
            warn(origin, "\(directory) is mounted over: what the image has in it cannot be seen")
        }
        var plan = Plan(
            configuration: source, selections: selections.map(\.selection), secretsPath: secretsPath,
            directories: directories, initOnly: initOnly, failOnError: failOnError,
            strictLookup: strictLookup)
        plan.folders = folders.map(\.selection)
        plan.backend = backend
        if backend == .fuse { plan.fuse = options.defaults.fuse }
        plan.strictTemplates = strictTemplates
        if let interval = refreshInterval ?? options.defaults.refreshInterval {
            plan.refreshInterval = interval
        }
        if let initTimeout { plan.initTimeout = initTimeout }
        if let maxStaleness { plan.maxStaleness = maxStaleness }
        plan.onStale = onStale
        plan.notification = notification
        plan.proxy = proxySettings()
        plan.hasCertificateAuthority = settings.certificateAuthority != nil
        plan.metricsPort = metricsPort ?? options.defaults.metricsPort
        plan.logLevel = logLevel ?? options.defaults.logLevel
        return plan
    }

    /// `/app/config` cannot be a file and the directory of `/app/config/db.json`.
    private mutating func reportFilesThatAreDirectories() {
        let files = selections.compactMap { entry in entry.selection.path.map { (entry.annotation, $0) } }
        let directories = folders.compactMap { entry in
            entry.selection.directory.map { (entry.annotation, $0) }
        }
        for (annotation, file) in files {
            guard
                let inner = files.first(where: { $0.1.relative(to: file) != nil })
                    ?? directories.first(where: { $0.1 == file || $0.1.relative(to: file) != nil })
            else { continue }
            report(
                annotation.mistake(
                    "\(quoted(file.description)) is to be a file, but \(inner.0.name) needs it as a directory",
                    expected: "another name for one of them"))
        }
    }
}

extension DraftSelection {
    fileprivate var isNamedLater: Bool {
        if case .namedByTitle = selection.output { true } else { false }
    }
}

extension FolderSelection {
    var directory: AbsolutePath? {
        if case .directory(let directory) = output { directory } else { nil }
    }
}

extension Mistake {
    fileprivate var isAboutSelection: Bool {
        KnownAnnotation.find(String(annotation.dropFirst(Annotation.prefix.count)))?.phase == .selections
    }
}

extension ContainerResources {
    fileprivate func filled(from other: ContainerResources) -> ContainerResources {
        var filled = self
        filled.cpuRequest = cpuRequest ?? other.cpuRequest
        filled.cpuLimit = cpuLimit ?? other.cpuLimit
        filled.memoryRequest = memoryRequest ?? other.memoryRequest
        filled.memoryLimit = memoryLimit ?? other.memoryLimit
        return filled
    }
}
