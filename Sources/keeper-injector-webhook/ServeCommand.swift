import ArgumentParser
import CommandOptions
import Webhook

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers AdmissionReviews over HTTPS until SIGTERM.",
        discussion: """
            POST /mutate takes an AdmissionReview (admission.k8s.io/v1) and answers one. GET /healthz and \
            /readyz are on both ports, GET /metrics on the plain one.

            Certificate, key and client CA are read again when their files change; connections that are \
            open keep theirs. On SIGTERM the server answers what it has begun (5 s), and ends.
            """
    )

    @Option(help: ArgumentHelp("The address of both ports (default: all).", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("The port of HTTPS.", valueName: "port"))
    var port: Port = Port(number: 9443)

    @Option(help: ArgumentHelp("The port of metrics and probes, plain HTTP.", valueName: "port"))
    var metricsPort: Port = Port(number: 8080)

    @Option(help: ArgumentHelp("The certificate and its intermediates, PEM.", valueName: "file"))
    var tlsCert: String

    @Option(help: ArgumentHelp("The certificate's key, PEM.", valueName: "file"))
    var tlsKey: String

    @Option(
        help: ArgumentHelp(
            "Only clients with a certificate of these authorities are served on the HTTPS port; probes "
                + "then use the plain one.", valueName: "file"))
    var clientCa: String?

    @Option(help: ArgumentHelp("Connections at once, each port.", valueName: "number"))
    var maxConnections: Int = 1024

    @Option(
        help: ArgumentHelp(
            "How long to serve on after SIGTERM, not ready, until the cluster has noticed.",
            valueName: "seconds"))
    var shutdownDelay: Int = 0

    @OptionGroup var logging: LogOptions

    @OptionGroup(title: "Policy options") var flags: PolicyFlags

    func validate() throws {
        guard (16...100_000).contains(maxConnections) else {
            throw ValidationError("--max-connections is from 16 to 100000, not \(maxConnections)")
        }
        guard (0...600).contains(shutdownDelay) else {
            throw ValidationError("--shutdown-delay is from 0 to 600 seconds, not \(shutdownDelay)")
        }
    }

    func run() async throws {
        var settings = WebhookSettings(
            host: host, port: port.number, metricsPort: metricsPort.number,
            certificates: CertificateFiles(certificate: tlsCert, key: tlsKey, clientCA: clientCa),
            policy: try flags.policy(), log: logging.log)
        settings.limits.connections = maxConnections
        settings.shutdownDelay = .seconds(shutdownDelay)
        try await Webhook(settings).run()
    }
}

/// A TCP port; 0 is any free one.
struct Port: ExpressibleByArgument, CustomStringConvertible {
    let number: Int

    init(number: Int) { self.number = number }

    init?(argument: String) {
        guard let number = UInt16(argument) else { return nil }
        self.number = Int(number)
    }

    var description: String { String(number) }
}
