/// What a pod asked for, checked and typed: the one contract between admission time and pod time.
///
/// `Injection` makes it from annotations; it travels as JSON in `KEEPER_INJECTOR_CONFIG`; `Agent`
/// carries it out. It holds names and paths, never a secret.
package struct Plan: Equatable, Sendable {
    /// Where the KSM configuration comes from.
    package var configuration: ConfigurationSource
    /// What to fetch and where to write it, in the order of the annotations.
    package var selections: [Selection]
    /// Whole folders.
    package var folders: [FolderSelection] = []
    /// `backend`: how the files are published.
    package var backend: Backend = .tmpfs
    /// How the FUSE backend behaves; the cluster's administrator decides.
    package var fuse = FuseSettings()
    /// `secrets-path`: where the volume is mounted.
    package var secretsPath: AbsolutePath
    /// Every directory that is mounted into the app's containers, `secretsPath` last. Each is switched
    /// to a new generation as a whole.
    package var directories: [AbsolutePath]
    /// Who may read what is published; all `nil` outside a pod.
    package var access = FileAccess()
    /// `refresh-interval`.
    package var refreshInterval: Duration
    /// `init-only`: no sidecar.
    package var initOnly: Bool
    /// `fail-on-error`: without secrets the pod does not start.
    package var failOnError: Bool
    /// `strict-lookup`: two records of one title are an error.
    package var strictLookup: Bool
    /// `strict-templates`: a missing key is an error.
    package var strictTemplates = false
    /// `init-timeout`: after it, start-up has failed.
    package var initTimeout: Duration
    /// `max-staleness`: how long the last good answer serves while Keeper is out of reach.
    package var maxStaleness: Duration = .seconds(24 * 3600)
    /// `on-stale`: what becomes of the files after `maxStaleness`.
    package var onStale: StalePolicy = .keep
    /// `signal`, `reload-url`: how the app learns of a change.
    package var notification = Notification()
    /// `https-proxy`, `no-proxy`.
    package var proxy: ProxySettings?
    /// Whether a CA bundle is mounted for the agent (`ca-cert-secret`, `ca-cert-configmap`).
    package var hasCertificateAuthority = false
    /// The containers that get environment variables, in the pod's order.
    package var environmentContainers: [String] = []
    /// `metrics-port`: TCP port of the agent's health and metrics.
    package var metricsPort: UInt16?
    /// `log-level`: `debug`, `info`, `warn` or `error`.
    package var logLevel: String?

    /// The directory of the volume `keeper-run` whose sub-directories, named like containers, are mounted
    /// into those: it marks which of a pod's processes get the signal.
    package static let signalMarks = "signal"
    /// Where a container that is to be signalled has its mark.
    package static let signalMarkPath = "/keeper/signal"

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

/// How files are published (contract, sections 4 and 5).
package enum Backend: String, CaseIterable, Sendable {
    case tmpfs, fuse
}

/// How the FUSE backend behaves.
package struct FuseSettings: Equatable, Sendable {
    /// Each open(2) is answered by the server and logged.
    package var audit: Bool
    /// No page of a value stays in the kernel's cache.
    package var directIO: Bool
    /// Bytes of values at most; `nil`: 64 MiB.
    package var memoryLimit: Int?

    package init(audit: Bool = false, directIO: Bool = false, memoryLimit: Int? = nil) {
        self.audit = audit
        self.directIO = directIO
        self.memoryLimit = memoryLimit
    }
}

/// What becomes of the files when the last good answer is too old.
package enum StalePolicy: String, CaseIterable, Sendable {
    case keep, remove
}

/// Who may read what is published (contract, section 3). `nil`: whatever the agent's process has.
package struct FileAccess: Equatable, Sendable {
    package var user: UInt32?
    package var group: UInt32?
    /// Permission bits; without them 0600.
    package var mode: UInt32?

    package init(user: UInt32? = nil, group: UInt32? = nil, mode: UInt32? = nil) {
        self.user = user
        self.group = group
        self.mode = mode
    }
}

/// How the app learns that its secrets have changed.
package struct Notification: Equatable, Sendable {
    /// `SIGHUP`, … with the prefix.
    package var signal: String?
    /// `signal-containers`; empty: all that mount the secrets.
    package var containers: [String] = []
    /// `reload-url`, on the loopback.
    package var reloadURL: String?

    package init(signal: String? = nil, containers: [String] = [], reloadURL: String? = nil) {
        self.signal = signal
        self.containers = containers
        self.reloadURL = reloadURL
    }
}

/// The agent's HTTP CONNECT proxy.
package struct ProxySettings: Equatable, Sendable {
    /// `http://HOST:PORT`.
    package var url: String
    /// Hosts and domains that are reached directly.
    package var exceptions: [String]

    package init(url: String, exceptions: [String] = []) {
        self.url = url
        self.exceptions = exceptions
    }
}
