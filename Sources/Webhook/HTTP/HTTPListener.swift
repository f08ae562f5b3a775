import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// What happens on a connection, from its first byte: TLS, clock, HTTP, requests.
struct HTTPListener: ServerChildChannel {
    let routes: Routes
    let limits: ServerLimits
    let count: ConnectionCount
    let metrics: WebhookMetrics
    /// `nil` for plain HTTP.
    let certificates: CertificateStore?

    struct Connection: ServerChildChannelValue {
        let channel: any Channel
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            // A client that has closed its half waits for nothing.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            if let certificates {
                try pipeline.addHandler(NIOSSLServerHandler(context: certificates.current.context))
            }
            let clock = ConnectionClock(limits: limits, count: count, secure: certificates != nil)
            try pipeline.addHandler(clock)
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldSize = limits.headerField
            decoder.maxHeaderListSize = limits.headers
            decoder.maxHeaderFieldCount = limits.headerCount
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: true, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoder)
            try pipeline.addHandler(BackPressureHandler())
            try pipeline.addHandler(
                RequestHandler(routes: routes, bodyLimit: limits.body, clock: clock, metrics: metrics))
            return Connection(channel: channel)
        }
    }

    /// The handlers do the work; the server's task only has to know when the connection is over.
    func handle(value: Connection, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}
