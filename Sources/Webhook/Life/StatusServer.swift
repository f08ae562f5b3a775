import Logging
import NIOCore
import ServiceLifecycle
package import Telemetry

/// Plain pages on one port for Prometheus and probes, beside work that goes on until SIGTERM.
package struct StatusServer: Sendable {
    private let host: String?
    private let port: Int
    private let log: Log
    private let routes: [Route]

    /// - Parameters:
    ///   - obstacle: why `/readyz` is to say no; `nil` if ready.
    ///   - metrics: Prometheus text.
    package init(
        host: String?, port: Int, log: Log, obstacle: @escaping @Sendable () -> String?,
        metrics: @escaping @Sendable () -> String
    ) {
        self.host = host
        self.port = port
        self.log = log
        routes = [
            Route(path: "/healthz", kind: .page { Answer(.ok, text: "ok") }),
            Route(
                path: "/readyz",
                kind: .page {
                    obstacle().map { Answer(.serviceUnavailable, text: $0) } ?? Answer(.ok, text: "ok")
                }),
            Route(
                path: "/metrics", kind: .page { Answer(.ok, .metrics, ByteBuffer(string: metrics())) }),
        ]
    }

    /// Serves until SIGTERM or SIGINT, or until the work ends.
    ///
    /// - Parameter work: is cancelled then, and waited for.
    package func run(beside work: @escaping @Sendable () async -> Void) async throws(WebhookError) {
        let limits = ServerLimits()
        let count = ConnectionCount(limit: limits.connections)
        let server = ListeningService(
            name: "metrics", host: host, port: port,
            listener: HTTPListener(
                routes: Routes(routes, bodyLimit: limits.body), limits: limits, count: count,
                metrics: WebhookMetrics(), certificates: nil),
            count: count, shutdownDelay: .zero, readiness: nil, log: log)
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: server),
                .init(service: WorkService(work: work), successTerminationBehavior: .gracefullyShutdownGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(log, least: .error))
        group.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as WebhookError {
            throw error
        } catch is CancellationError {
            log.warn("the work did not end in time")
        } catch {
            throw .failed("\(error)")
        }
        log.info("stopped")
    }
}

private struct WorkService: Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }
}
