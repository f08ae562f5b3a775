/// How an emulator is started.
package struct EmulatorOptions: Sendable {
    /// The IPv4 address that the HTTPS service listens on.
    package var address = "127.0.0.1"
    /// 0 is a free one.
    package var port = 0
    /// The port of the page; `nil` for no page, 0 for a free one.
    package var pagePort: Int?
    /// What clients are told to call the service, without the port.
    package var hostname = "127.0.0.1"
    /// Further names and addresses in the server's certificate.
    package var names: [String] = []
    package var faults: [Fault] = []
    package var throttle: ThrottleRule?

    package init() {}
}
