package import Fetcher
package import Plan
package import SecretFS
package import Telemetry

/// All that an agent needs to know, from its environment and flags or from the tool for people.
package struct AgentSettings: Sendable {
    package var plan: Plan
    package var configuration: ConfigurationInput
    package var client: ClientOptions
    /// Where the plan's directories really lie, in the plan's order.
    package var directories: [PublishedDirectory]
    package var ownership: Ownership
    /// Path of the Unix socket that `health` asks; `nil` for none.
    package var healthSocket: String?
    /// TCP port of health and metrics; `nil` for none.
    package var healthPort: UInt16?
    package var log: Log
    package var version: String

    package init(
        plan: Plan, configuration: ConfigurationInput, client: ClientOptions,
        directories: [PublishedDirectory], ownership: Ownership = Ownership(), healthSocket: String? = nil,
        healthPort: UInt16? = nil, log: Log, version: String = productVersion
    ) {
        self.plan = plan
        self.configuration = configuration
        self.client = client
        self.directories = directories
        self.ownership = ownership
        self.healthSocket = healthSocket
        self.healthPort = healthPort
        self.log = log
        self.version = version
    }
}
