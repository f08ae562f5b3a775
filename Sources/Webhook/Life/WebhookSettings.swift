package import Injection
package import Telemetry

/// What `serve` was told.
package struct WebhookSettings: Sendable {
    /// Address of both ports; `nil` for all, IPv6 and IPv4 where the machine has both.
    package var host: String?
    /// HTTPS; 0 takes a free one.
    package var port: Int
    /// Plain HTTP, for Prometheus and probes; 0 takes a free one.
    package var metricsPort: Int
    package var certificates: CertificateFiles
    package var policy: InjectionPolicy
    package var limits = ServerLimits()
    /// Time to go on serving after SIGTERM, not ready, until the API server has noticed.
    package var shutdownDelay: Duration = .zero
    /// Time for requests that are being answered, after that.
    package var drain: Duration = .seconds(5)
    package var log: Log

    package init(
        host: String? = nil, port: Int, metricsPort: Int, certificates: CertificateFiles,
        policy: InjectionPolicy, log: Log
    ) {
        self.host = host
        self.port = port
        self.metricsPort = metricsPort
        self.certificates = certificates
        self.policy = policy
        self.log = log
    }
}
