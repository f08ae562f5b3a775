package import NIOCore

/// What one client may take. The numbers of architecture.md (trust) and of kube-apiserver's own client.
package struct ServerLimits: Sendable {
    /// Bytes of a request's body.
    package var body = 3 << 20
    /// From a request's first byte to the last byte of its answer.
    package var request: TimeAmount = .seconds(2)
    /// From the connection to the end of the TLS handshake.
    package var handshake: TimeAmount = .seconds(5)
    /// Between two requests. Go's HTTP client gives up its idle connections after 90 s: closing later than
    /// it does means that it never meets a connection that was just closed.
    package var idle: TimeAmount = .seconds(120)
    /// Instead of `idle` while more than half of `connections` are open.
    package var idleWhenBusy: TimeAmount = .seconds(5)
    /// Open at once; more wait in the kernel's queue.
    package var connections = 1024
    /// Bytes of one header field, and of all.
    package var headerField = 16 << 10
    package var headers = 32 << 10
    package var headerCount = 100

    package init() {}
}
