import NIOCore
import NIOHTTP1
import NIOSSL

/// Collects a request and answers it, all on the connection's event loop.
///
/// An admission takes some 30 µs of pure computing: handing it to another thread and back would cost more
/// than doing it. So no task, no actor, no lock stands between the bytes of the request and those of the
/// answer.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        case collecting(HTTPRequestHead, Route, ByteBuffer?)
        /// Answered before its end; the rest of the body is read, so that the client sees the answer.
        case discarding(closes: Bool)
        /// The last answer is being sent.
        case closing
    }

    private let routes: Routes
    private let bodyLimit: Int
    private let clock: ConnectionClock
    private let metrics: WebhookMetrics
    private var state = State.idle

    init(routes: Routes, bodyLimit: Int, clock: ConnectionClock, metrics: WebhookMetrics) {
        self.routes = routes
        self.bodyLimit = bodyLimit
        self.clock = clock
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        clock.requestOverdue = {
            let (handler, context) = bound.value
            handler.overdue(context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): began(head, context)
        case .body(let bytes): received(bytes, context)
        case .end: ended(context)
        }
    }

    private func began(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        clock.requestBegan()
        do throws(Refusal) {
            let route = try routes.route(for: head)
            state = .collecting(head, route, nil)
            if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                write(HTTPResponseHead(version: .http1_1, status: .continue), context)
            }
        } catch {
            refuse(error, keepAlive: head.isKeepAlive, context)
        }
    }

    private func received(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .collecting(let head, let route, var body) = state else { return }
        guard (body?.readableBytes ?? 0) + bytes.readableBytes <= bodyLimit else {
            return refuse(.tooLarge(limit: bodyLimit), keepAlive: false, context)
        }
        state = .idle  // the one reference to `body` is ours: it grows in place
        if body == nil {
            body = bytes
            if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }),
                length > bytes.readableBytes
            {
                body?.reserveCapacity(minimumWritableBytes: length - bytes.readableBytes)
            }
        } else {
            body?.writeImmutableBuffer(bytes)
        }
        state = .collecting(head, route, body)
    }

    private func ended(_ context: ChannelHandlerContext) {
        switch state {
        case .collecting(let head, let route, let body):
            state = .idle
            let answer =
                switch route.kind {
                case .page(let make): make()
                case .json(let make): make(body ?? ByteBuffer())
                }
            send(answer, keepAlive: head.isKeepAlive, withBody: head.method != .HEAD, context)
        case .discarding(closes: true):
            state = .closing
            context.close(promise: nil)
        case .discarding(closes: false):
            state = .idle
            clock.requestEnded()
        case .idle, .closing: break
        }
    }

    /// Answers before the request is over. Its body is read on, unread bytes would make the kernel reset
    /// the connection before the client has read why.
    private func refuse(_ refusal: Refusal, keepAlive: Bool, _ context: ChannelHandlerContext) {
        metrics.error(refusal.reason)
        let closes: Bool
        if case .tooLarge = refusal { closes = true } else { closes = !keepAlive }
        state = .discarding(closes: closes)
        write(Answer(refusal), keepAlive: !closes, withBody: true, context, promise: nil)
    }

    private func overdue(_ context: ChannelHandlerContext) {
        guard case .collecting = state else {
            // No head yet, or already answered: there is nothing to answer.
            if case .idle = state { metrics.error(Refusal.overdue.reason) }
            context.close(promise: nil)
            return
        }
        metrics.error(Refusal.overdue.reason)
        state = .closing
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        write(Answer(.overdue), keepAlive: false, withBody: true, context, promise: written)
    }

    private func send(_ answer: Answer, keepAlive: Bool, withBody: Bool, _ context: ChannelHandlerContext) {
        if !keepAlive { state = .closing }
        let written = context.eventLoop.makePromise(of: Void.self)
        // A client that does not read its answer is as slow as one that does not send its request.
        written.futureResult.assumeIsolated().whenComplete { [clock] _ in
            clock.requestEnded()
            if !keepAlive { context.close(promise: nil) }
        }
        write(answer, keepAlive: keepAlive, withBody: withBody, context, promise: written)
    }

    private func write(
        _ answer: Answer, keepAlive: Bool, withBody: Bool, _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        write(answer.head(keepAlive: keepAlive), context)
        if withBody {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    private func write(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        let part = wrapOutboundOut(.head(head))
        head.status == .continue
            ? context.writeAndFlush(part, promise: nil) : context.write(part, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOSSLError.uncleanShutdown: break  // many clients just leave
        case is HTTPParserError: metrics.error("http")
        case is NIOSSLError, is BoringSSLError: metrics.error("tls")
        default: metrics.error("connection")
        }
        context.close(promise: nil)
    }
}
