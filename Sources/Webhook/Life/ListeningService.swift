import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Telemetry

/// One port, from its first connection to the end of its last.
struct ListeningService: Service {
    let name: String
    let host: String?
    let port: Int
    let listener: HTTPListener
    let count: ConnectionCount
    let shutdownDelay: Duration
    /// `nil` where nobody has to know of the end beforehand.
    let readiness: Readiness?
    let log: Log

    func run() async throws {
        // Where there is no IPv6, its wildcard address cannot be bound.
        let hosts = host.map { [$0] } ?? ["::", "0.0.0.0"]
        for (number, host) in hosts.enumerated() {
            do {
                return try await serve(on: host)
            } catch let error as IOError {
                let missing = error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
                guard missing, number + 1 < hosts.count else {
                    throw WebhookError.listen(host: host, port: port, code: error.errnoCode)
                }
            }
        }
    }

    private func serve(on host: String) async throws {
        let server = Server(
            childChannelSetup: listener,
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: ConnectionLimit(count: count)),
            onServerRunning: { channel in
                log.info(
                    "listening",
                    [
                        "server": .string(name), "address": .string(host),
                        "port": .integer(channel.localAddress?.port ?? port),
                    ])
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(log, least: .error))
        // Detached, so that it hears of the shutdown from us, after the delay, and not at once.
        let running = Task.detached { try await server.run() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await running.value
            } onGracefulShutdown: {
                readiness?.end()
                Task.detached {
                    try? await Task.sleep(for: shutdownDelay)
                    try? await server.shutdownGracefully()
                }
            }
        } onCancel: {
            running.cancel()
        }
    }
}
