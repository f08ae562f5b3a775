/// How a client reaches Keeper.
package struct ClientOptions: Sendable {
    /// A PEM file of certificate authorities, added to the system's.
    package var caFile: String?
    /// An HTTP CONNECT proxy's URL; "" for none. `nil` leaves it to `https_proxy` and `no_proxy` in the
    /// environment.
    package var proxy: String?
    /// Hosts that are reached without the proxy, with commas between.
    package var noProxy: String?
    package var connectTimeout: Duration
    /// For one request as a whole.
    package var requestTimeout: Duration
    /// The largest answer that is read, in bytes.
    package var answerLimit: Int
    /// The waits before a request is repeated after a transient error.
    package var retryDelays: [Duration]
    /// How often in a row Keeper has said "throttled" to an earlier process of this pod.
    package var earlierRefusals = 0

    package init(
        caFile: String? = nil, proxy: String? = nil, noProxy: String? = nil,
        connectTimeout: Duration = .seconds(5), requestTimeout: Duration = .seconds(30),
        answerLimit: Int = 64 << 20,
        retryDelays: [Duration] = [.milliseconds(200), .milliseconds(400), .milliseconds(800)]
    ) {
        self.caFile = caFile
        self.proxy = proxy
        self.noProxy = noProxy
        self.connectTimeout = connectTimeout
        self.requestTimeout = requestTimeout
        self.answerLimit = answerLimit
        self.retryDelays = retryDelays
    }
}
