import Admission
import Glibc
import HummingbirdCore
import Injection
import Logging
import NIOCore
import NIOPosix
import Plan
import ServiceLifecycle
import Telemetry

/// The server: HTTPS for admission, HTTP for metrics, until SIGTERM.
package struct Webhook: Sendable {
    private let settings: WebhookSettings
    private let certificates: CertificateStore
    private let readiness: Readiness
    private let metrics = WebhookMetrics()
    private let audit = AuditLog()

    /// - Throws: `WebhookError.certificate` if certificate or key cannot be used.
    package init(_ settings: WebhookSettings) throws(WebhookError) {
        self.settings = settings
        do throws(CertificateError) {
            certificates = try CertificateStore(settings.certificates)
        } catch {
            throw .certificate(error)
        }
        readiness = Readiness(certificates: certificates)
    }

    /// Serves until SIGTERM or SIGINT, then lets requests finish.
    package func run() async throws(WebhookError) {
        let log = settings.log
        if let obstacle = readiness.obstacle { log.warn("not ready", ["reason": .string(obstacle)]) }
        let health = HealthRoutes(readiness: readiness).routes
        let admission = AdmissionRoute(
            handler: AdmissionHandler(injector: Injector(policy: settings.policy)), metrics: metrics,
            audit: audit)
        let metricsPage = Route(
            path: "/metrics",
            kind: .page { [metrics, certificates, audit] in
                let text = metrics.text(
                    version: productVersion, certificate: certificates.current, lostAuditLines: audit.lost)
                return Answer(.ok, .metrics, ByteBuffer(string: text))
            })
        var group = ServiceGroupConfiguration(
            services: [
                server("admission", settings.port, [admission.route] + health, certificates),
                server("metrics", settings.metricsPort, [metricsPage] + health, nil),
                CertificateWatcher(store: certificates, metrics: metrics, log: log),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(log, least: .error))
        group.maximumGracefulShutdownDuration = settings.shutdownDelay + settings.drain
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as WebhookError {
            throw error
        } catch is CancellationError {
            log.warn("requests were cut off", ["drain": .string("\(settings.drain)")])
        } catch {
            throw .failed("\(error)")
        }
        await audit.flush(within: .seconds(1))
        log.info("stopped")
    }

    private func server(
        _ name: String, _ port: Int, _ routes: [Route], _ certificates: CertificateStore?
    ) -> ListeningService {
        let count = ConnectionCount(limit: settings.limits.connections)
        let listener = HTTPListener(
            routes: Routes(routes, bodyLimit: settings.limits.body), limits: settings.limits, count: count,
            metrics: metrics, certificates: certificates)
        return ListeningService(
            name: name, host: settings.host, port: port, listener: listener, count: count,
            shutdownDelay: settings.shutdownDelay, readiness: readiness, log: settings.log)
    }
}
