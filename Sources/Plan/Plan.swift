/// What a pod asked for, checked and typed: the one contract between admission time and pod time.
///
/// `Injection` makes it from annotations; it travels as JSON in `KEEPER_INJECTOR_CONFIG`; `Agent`
/// carries it out. It holds names and paths, never a secret.
package struct Plan: Equatable, Sendable {
    /// Where the KSM configuration comes from.
    package var configuration: ConfigurationSource
    /// What to fetch and where to write it, in the order of the annotations.
    package var selections: [Selection]
    /// `secrets-path`: where the volume is mounted.
    package var secretsPath: AbsolutePath
    /// Every directory that is mounted into the app's containers, `secretsPath` last. Each is switched
    /// to a new generation as a whole.
    package var directories: [AbsolutePath]
    /// `refresh-interval`.
    package var refreshInterval: Duration
    /// `init-only`: no sidecar.
    package var initOnly: Bool
    /// `fail-on-error`: without secrets the pod does not start.
    package var failOnError: Bool
    /// `strict-lookup`: two records of one title are an error.
    package var strictLookup: Bool
    /// `init-timeout`: after it, start-up has failed.
    package var initTimeout: Duration

    package init(
        configuration: ConfigurationSource,
        selections: [Selection],
        secretsPath: AbsolutePath = .defaultSecretsPath,
        directories: [AbsolutePath]? = nil,
        refreshInterval: Duration = .seconds(300),
        initOnly: Bool = false,
        failOnError: Bool = true,
        strictLookup: Bool = false,
        initTimeout: Duration = .seconds(60)
    ) {
        self.configuration = configuration
        self.selections = selections
        self.secretsPath = secretsPath
        self.directories = directories ?? [secretsPath]
        self.refreshInterval = refreshInterval
        self.initOnly = initOnly
        self.failOnError = failOnError
        self.strictLookup = strictLookup
        self.initTimeout = initTimeout
    }
}

/// Where the agent finds its KSM configuration.
package enum ConfigurationSource: Equatable, Sendable {
    /// The Secret of this name in the pod's namespace, key `config`.
    case secret(name: String)
    /// Outside a pod: handed over with the command (`--ksm-config`).
    case commandLine
}

/// One thing to fetch, and the file it becomes.
package struct Selection: Equatable, Sendable {
    /// The annotation it comes from, without the prefix: for messages.
    package var origin: String
    package var target: Target
    package var output: Output
    package var format: Format

    package init(origin: String, target: Target, output: Output, format: Format) {
        self.origin = origin
        self.target = target
        self.output = output
        self.format = format
    }

    /// What is selected.
    package enum Target: Equatable, Sendable {
        /// All fields of a record, found by title or uid.
        case record(String)
        /// One field of a record, by label or type, as in the map of fields (KSM-PROTOCOL, section 6).
        case field(record: String, name: String)
        /// Keeper notation (KSM-PROTOCOL, section 5).
        case notation(Notation)
    }

    /// Where it goes.
    package enum Output: Equatable, Sendable {
        case path(AbsolutePath)
        /// `<directory>/<name>` + suffix, with the name made from the record's title when it is known
        /// (contract, section 1).
        case namedByTitle(directory: AbsolutePath, suffix: String)
    }
}

/// How a selection is written (contract, section 8).
package enum Format: String, CaseIterable, Sendable {
    case json, env, raw
}
