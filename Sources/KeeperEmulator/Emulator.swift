import Foundation
import KeeperCrypto

/// A Keeper Secrets Manager service on this machine, strict about what it is asked.
///
///     let emulator = try Emulator.start(vault: .sample)
///     defer { emulator.stop() }
///     try emulator.writeCA(to: "ca.pem")
///     let configuration = try emulator.clientConfiguration()   // KSM_CONFIG of a bound client
///     try emulator.edit { try $0.set("password", of: "Payments database", to: "another") }
///
/// All of it may be called from any thread.
package final class Emulator: Sendable {
    /// Of the HTTPS service.
    package let port: Int
    /// Of the page, plain HTTP on the loopback interface; `nil` without one.
    package var pagePort: Int? { page?.port }
    /// What clients call it: a name or address of the certificate, and the port.
    package let hostname: String
    /// The certificate that clients have to trust.
    package var caCertificatePEM: String { authority.pem }

    private let authority: CertificateAuthority
    private let service: KeeperService
    private let listener: Listener
    private let page: Listener?

    private init(vault: EmulatorVault, options: EmulatorOptions) throws {
        let authority = try CertificateAuthority()
        let service = try KeeperService(vault: vault, faults: options.faults, throttle: options.throttle)
        let standard = ["localhost", "127.0.0.1", "::1"]
        let names = standard + (options.names + [options.hostname]).filter { !standard.contains($0) }
        let context = try TLSContext(identity: authority.issue(names: names))
        let listener = try Listener(address: options.address, port: options.port) { socket in
            KeeperConnection(socket: socket, context: context, service: service).serve()
        }
        let hostname = "\(options.hostname):\(listener.port)"
        service.withState { $0.sealer.base = "https://\(hostname)" }
        do {
            page = try options.pagePort.map { port in
                let control = ControlService(keeper: service, hostname: hostname)
                return try Listener(address: "127.0.0.1", port: port) { socket in control.serve(socket) }
            }
        } catch {
            listener.stop()
            throw error
        }
        self.authority = authority
        self.service = service
        self.listener = listener
        self.hostname = hostname
        port = listener.port
    }

    /// Starts to serve, on a free port unless the options say which.
    ///
    /// - Throws: `TransportError` when a port is taken.
    package static func start(
        vault: EmulatorVault = .sample, options: EmulatorOptions = EmulatorOptions()
    ) throws -> Emulator {
        try Emulator(vault: vault, options: options)
    }

    deinit { stop() }

    /// Ends all connections and frees the ports.
    package func stop() {
        listener.stop()
        page?.stop()
    }

    package func writeCA(to path: String) throws {
        try Data(caCertificatePEM.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// A configuration as JSON; each call makes another bound client.
    package func clientConfiguration() throws -> String {
        try service.newConfiguration(hostname: hostname).text
    }

    /// `HOST:PORT:TOKEN` of a client that is not bound yet: behind the last colon is the token.
    package func oneTimeToken() throws -> String { try "\(hostname):\(service.newToken())" }

    /// `IL5:TOKEN:KEYID:KEY`, the form that carries the server's key. It says nothing of the host, which
    /// clients then take from elsewhere.
    package func isolatedToken() throws -> String {
        try "IL5:\(service.newToken()):\(ServerKeys.primaryID):\(serverPublicKey)"
    }

    /// URL-safe base64 of the point, as in a configuration's `serverPublicKey`.
    package var serverPublicKey: String { service.serverPublicKey }

    /// Refuses this client from now on.
    ///
    /// - Returns: whether it was known.
    @discardableResult
    package func revoke(_ clientID: String) -> Bool { service.revoke(clientID) }

    /// What is shared, as it is now. To change a part of it, `edit` is free of races.
    package var vault: EmulatorVault {
        get { service.withState { $0.vault } }
        set { service.withState { $0.vault = newValue } }
    }

    /// Changes the vault at once, between two requests.
    package func edit(_ change: (inout EmulatorVault) throws(VaultError) -> Void) throws(VaultError) {
        try service.editVault(change)
    }

    /// Counts since the start or since `resetCounters()`.
    package var counters: Counters { service.withState { $0.counters } }

    package func resetCounters() { service.withState { $0.counters = Counters() } }

    /// What goes wrong from now on; the first that fits strikes.
    package var faults: [Fault] {
        get { service.withState { $0.faults } }
        set { service.withState { $0.faults = newValue } }
    }

    /// The limit on requests; `nil` for none.
    package var throttle: ThrottleRule? {
        get { service.withState { $0.throttle } }
        set { service.withState { ($0.throttle, $0.windows) = (newValue, ThrottleWindows()) } }
    }
}
