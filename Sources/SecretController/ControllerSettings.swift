package import Injection
package import KubeClient
package import Telemetry

/// What `controller` was told.
package struct ControllerSettings: Sendable {
    package var kubernetes: KubeConfiguration
    package var policy: InjectionPolicy
    /// Where the Lease is: the controller's own namespace.
    package var namespace: String
    package var leaseName = "keeper-injector-controller"
    /// Who holds the Lease; another for each process.
    package var identity: String
    package var timing = LeaseTiming()
    /// A PEM file of authorities that Keeper's certificate may come from, beside the system's.
    package var keeperCA: String?
    /// The least time between two calls of Keeper with one configuration, however many pods come.
    package var fetchSpacing: Duration = .seconds(10)
    package var log: Log

    package init(
        kubernetes: KubeConfiguration, policy: InjectionPolicy, namespace: String, identity: String, log: Log
    ) {
        self.kubernetes = kubernetes
        self.policy = policy
        self.namespace = namespace
        self.identity = identity
        self.log = log
    }

    /// Namespaces whose pods are watched; `nil`: all, with one watch.
    var watchedNamespaces: [String?] {
        guard case .some(let names) = policy.kubernetesSecretNamespaces else { return [nil] }
        return Set(names + policy.kubernetesSecretPairs.map(\.pod)).sorted()
    }
}

/// How leaders are elected; the names and defaults are those of client-go.
package struct LeaseTiming: Sendable {
    /// A leader that is silent for so long may be replaced; whole seconds.
    package var lease: Duration = .seconds(15)
    /// A leader that could not renew for so long gives up by itself; shorter than `lease`.
    package var renewDeadline: Duration = .seconds(10)
    /// Between two attempts.
    package var retry: Duration = .seconds(2)

    package init() {}
}
