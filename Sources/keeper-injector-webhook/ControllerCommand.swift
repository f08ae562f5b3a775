import ArgumentParser
import CommandOptions
import Glibc
import KubeClient
import Plan
import SecretController
import Webhook

struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract: "Writes Kubernetes Secrets for pods that ask for them, until SIGTERM.",
        discussion: """
            Any number of these may run; the one that holds the Lease works. The policy options must be those \
            of 'serve': pods are read by the same rules. GET /healthz, /readyz and /metrics are on the \
            metrics port. What it needs to be allowed is in deploy/rbac/controller.yaml.
            """
    )

    @Option(help: ArgumentHelp("The address of the metrics port (default: all).", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("The port of metrics and probes, plain HTTP.", valueName: "port"))
    var metricsPort: Port = Port(number: 8080)

    @Option(help: ArgumentHelp("Where the Lease is (default: the pod's own).", valueName: "namespace"))
    var namespace: String?

    @Option(help: ArgumentHelp("The Lease.", valueName: "name"))
    var leaseName: String = "keeper-injector-controller"

    @Option(help: ArgumentHelp("Who holds the Lease (default: host and a random number).", valueName: "name"))
    var identity: String?

    @Option(help: ArgumentHelp("A leader that is silent for so long is replaced.", valueName: "duration"))
    var leaseDuration: GoTime = GoTime(.seconds(15))

    @Option(help: ArgumentHelp("A leader that cannot renew for so long gives up.", valueName: "duration"))
    var renewDeadline: GoTime = GoTime(.seconds(10))

    @Option(help: ArgumentHelp("Between two attempts at the Lease.", valueName: "duration"))
    var retryPeriod: GoTime = GoTime(.seconds(2))

    @Option(
        help: ArgumentHelp(
            "The least time between two calls of Keeper with one configuration.", valueName: "duration"))
    var fetchSpacing: GoTime = GoTime(.seconds(10))

    @Option(
        help: ArgumentHelp(
            "More certificate authorities that Keeper's may come from, PEM.", valueName: "file"))
    var caCert: String?

    @Option(help: ArgumentHelp("https://HOST:PORT (default: the cluster's).", valueName: "url"))
    var apiServer: String?

    @Option(help: ArgumentHelp("The API server's authorities (default: the pod's).", valueName: "file"))
    var apiCaCert: String?

    @Option(help: ArgumentHelp("The bearer token (default: the pod's).", valueName: "file"))
    var apiTokenFile: String?

    @OptionGroup var logging: LogOptions

    @OptionGroup(title: "Policy options") var flags: PolicyFlags

    func validate() throws {
        let lease = leaseDuration.duration
        guard (.seconds(1) ... .seconds(3600)).contains(lease), lease.components.attoseconds == 0 else {
            throw ValidationError("--lease-duration is whole seconds, from 1s to 1h")
        }
        guard renewDeadline.duration < lease, retryPeriod.duration * 1.2 < renewDeadline.duration,
            retryPeriod.duration >= .milliseconds(50)
        else {
            throw ValidationError(
                "--lease-duration has to be longer than --renew-deadline, and that longer than 1.2 times "
                    + "--retry-period")
        }
    }

    func run() async throws {
        guard let place = namespace ?? KubeConfiguration.ownNamespace else {
            throw ValidationError("--namespace is needed outside of a pod")
        }
        var settings = ControllerSettings(
            kubernetes: try KubeConfiguration(server: apiServer, tokenFile: apiTokenFile, caFile: apiCaCert),
            policy: try flags.policy(), namespace: place, identity: identity ?? ControllerCommand.ownName,
            log: logging.log)
        settings.leaseName = leaseName
        settings.timing.lease = leaseDuration.duration
        settings.timing.renewDeadline = renewDeadline.duration
        settings.timing.retry = retryPeriod.duration
        settings.keeperCA = caCert
        settings.fetchSpacing = fetchSpacing.duration
        let controller = try SecretController(settings)
        let status = StatusServer(
            host: host, port: metricsPort.number, log: settings.log,
            // One that waits for its turn is as ready as the one that leads.
            obstacle: { nil },
            metrics: { controller.metrics.text(version: productVersion, isLeader: controller.isLeader) })
        try await status.run { await controller.run() }
    }

    private static var ownName: String {
        var name = [CChar](repeating: 0, count: 256)
        _ = gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return host + "_" + String(UInt64.random(in: .min ... .max), radix: 16)
    }
}

/// A duration as Go writes it.
struct GoTime: ExpressibleByArgument, CustomStringConvertible {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let duration = try? Duration(go: argument) else { return nil }
        self.duration = duration
    }

    var description: String { duration.goDescription }
}
