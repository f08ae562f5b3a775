import NIOCore
import NIOTLS

/// Ends a connection whose client takes its time: in the handshake, within a request (slow loris), or
/// between requests. It sits above TLS and below HTTP, so the first byte of a head counts.
final class ConnectionClock: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Phase { case handshake, idle, request }

    private let limits: ServerLimits
    private let count: ConnectionCount
    private var phase: Phase
    private var since = NIODeadline.now()
    /// One look at the clock is planned at a time, not one per request.
    private var look: Scheduled<Void>?
    /// Told instead of closing when a request took too long.
    var requestOverdue: (() -> Void)?

    init(limits: ServerLimits, count: ConnectionCount, secure: Bool) {
        self.limits = limits
        self.count = count
        phase = secure ? .handshake : .idle
    }

    func requestBegan() {
        if phase != .request { enter(.request) }
    }

    /// The answer is on its way, the body read.
    func requestEnded() { enter(.idle) }

    private func enter(_ phase: Phase) {
        self.phase = phase
        since = .now()
    }

    private var deadline: NIODeadline {
        switch phase {
        case .handshake: since + limits.handshake
        case .idle: since + (count.isBusy ? limits.idleWhenBusy : limits.idle)
        case .request: since + limits.request
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { plan(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        since = .now()
        plan(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        look?.cancel()
        look = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        look?.cancel()
        look = nil
        requestOverdue = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requestBegan()
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent, phase == .handshake { enter(.idle) }
        context.fireUserInboundEventTriggered(event)
    }

    private func plan(_ context: ChannelHandlerContext) {
        guard look == nil else { return }
        // Often enough for the shortest limit, so that a request that begins meanwhile is not overlooked.
        let pause = min(limits.request, limits.handshake, limits.idleWhenBusy)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        look = context.eventLoop.scheduleTask(in: .nanoseconds(pause.nanoseconds / 4)) {
            let (clock, context) = bound.value
            clock.look = nil
            clock.check(context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        guard NIODeadline.now() >= deadline else { return plan(context) }
        if phase == .request, let requestOverdue {
            enter(.request)  // time to send the refusal
            self.requestOverdue = nil
            plan(context)
            requestOverdue()
        } else {
            context.close(promise: nil)
        }
    }
}
