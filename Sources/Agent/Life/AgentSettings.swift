package import Fetcher
package import Plan
package import SecretFS
package import Telemetry

/// Where an agent publishes.
package enum PublishTarget: Sendable {
    /// The plan's directories as they really lie, in the plan's order.
    case tmpfs([PublishedDirectory])
    case fuse(FuseLayout, FusePublisher.Mount)
}

/// All that an agent needs to know, from its environment and flags or from the tool for people.
package struct AgentSettings: Sendable {
    package var plan: Plan
    package var configuration: ConfigurationInput
    package var client: ClientOptions
    package var target: PublishTarget
    package var ownership: Ownership
    /// Every record that Keeper shows becomes a file, whatever the plan selects.
    package var selectsEverything = false
    /// Path of the Unix socket that `health` asks; `nil` for none.
    package var healthSocket: String?
    /// TCP port of health and metrics; `nil` for none.
    package var healthPort: UInt16?
    /// Path of the file that tells the next process what is published; `nil` where none follows.
    package var handOver: String?
    /// The environment variables of containers; `nil` where the plan sets none.
    package var environment: AppEnvironment?
    /// Whether there are containers beside this one, which share its processes.
    package var isInPod = false
    package var log: Log
    package var version: String

    package init(
        plan: Plan, configuration: ConfigurationInput, client: ClientOptions,
        target: PublishTarget, ownership: Ownership = Ownership(), healthSocket: String? = nil,
        healthPort: UInt16? = nil, log: Log, version: String = productVersion
    ) {
        self.plan = plan
        self.configuration = configuration
        self.client = client
        self.target = target
        self.ownership = ownership.covering(plan.selections.compactMap(\.mode))
        self.healthSocket = healthSocket
        self.healthPort = healthPort
        self.log = log
        self.version = version
    }
}
