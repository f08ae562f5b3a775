package import Plan

/// What the cluster's administrator decides: flags of `serve`, `inject` and `explain` (contract, 10).
package struct InjectionPolicy: Equatable, Sendable {
    /// `--agent-image`.
    package var agentImage = "keeper-injector-agent:latest"
    /// `--agent-image-pull-policy`: `Always`, `IfNotPresent`, `Never`; `nil` leaves it to Kubernetes.
    package var imagePullPolicy: String?
    /// `--native-sidecars`: the cluster is 1.29 or newer.
    package var nativeSidecars = true
    /// `--fuse-namespaces`: where `backend: fuse` is allowed.
    package var fuseNamespaces = NamespaceSet.none
    /// `--fuse-transport`.
    package var fuseTransport = FuseTransport.holder
    /// `--fuse-grace`: how long requests wait for a server; whole seconds.
    package var fuseGrace: Duration = .seconds(30)
    /// `--kubernetes-secret-namespaces`: where pods may ask for Kubernetes Secrets.
    package var kubernetesSecretNamespaces = NamespaceSet.none
    /// `--kubernetes-secret-pairs`: `FROM:TO`, pods of FROM may have Secrets written in TO.
    package var kubernetesSecretPairs: [NamespacePair] = []
    /// `--excluded-namespaces`: pods there are left alone.
    package var excludedNamespaces: [String] = []
    /// `--strict-annotations`: an unknown annotation denies the pod.
    package var strictAnnotations = false
    /// `--secrets-group`: the supplemental group where no uid is known.
    package var secretsGroup: UInt32 = 64535
    /// `--default-…`.
    package var defaults = Defaults()
    /// Written as `keeper.security/injector-version`.
    package var version: String

    package init(version: String) { self.version = version }

    /// Defaults of annotations.
    package struct Defaults: Equatable, Sendable {
        /// `--default-auth-secret`: `ksm-config` where a pod names none.
        package var authSecret: String?
        package var backend = Backend.tmpfs
        /// `--fuse-audit`, `--fuse-direct-io`, `--fuse-memory-limit`: what no pod can change.
        package var fuse = FuseSettings()
        package var refreshInterval: Duration?
        package var metricsPort: UInt16?
        package var logLevel: String?
        package var proxy: ProxySettings?
        package var resources = ContainerResources()
        /// A quantity, `sizeLimit` of the volume.
        package var tmpfsSize: String?

        package init() {}
    }
}

/// How the FUSE server gets its descriptor (contract, section 5).
package enum FuseTransport: String, CaseIterable, Sendable {
    case holder, csi
}

/// `A,B`, `*` for all, nothing for none.
package enum NamespaceSet: Equatable, Sendable {
    case all
    case some([String])

    package static let none = NamespaceSet.some([])

    package func contains(_ namespace: String) -> Bool {
        switch self {
        case .all: true
        case .some(let names): names.contains(namespace)
        }
    }
}

/// Pods of one namespace may have Kubernetes Secrets written in another.
package struct NamespacePair: Equatable, Sendable {
    package var pod: String
    package var secret: String

    package init(pod: String, secret: String) {
        self.pod = pod
        self.secret = secret
    }
}

/// Requests and limits of our containers, Kubernetes quantities.
package struct ContainerResources: Equatable, Sendable {
    package var cpuRequest: String?
    package var cpuLimit: String?
    package var memoryRequest: String?
    package var memoryLimit: String?

    package init() {}
}
