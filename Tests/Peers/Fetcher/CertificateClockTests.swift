import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// A machine whose clock is wrong finds every certificate at fault: the message has to show the clock.
@Suite("Certificates of another time")
struct CertificateClockTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    /// What `list` says to a server with such a certificate, whose authority is trusted.
    private func list(_ kind: String) async throws -> CommandResult {
        let scratch = laboratory.scratch
        let server = try BackgroundProcess(
            try Peers.python, [Peers.script("certificate_clock.py"), scratch.path, kind])
        defer { server.signal(SIGKILL) }
        try #require(
            try await eventually { DiskTree.text(scratch.file("port")) != nil }, "\(server.errors)")
        let port = try #require(DiskTree.text(scratch.file("port")))
        let configuration = try String(contentsOfFile: laboratory.configuration, encoding: .utf8)
            .replacing(laboratory.emulator.hostname, with: "127.0.0.1:\(port)")
        try configuration.write(toFile: scratch.file("other.json"), atomically: false, encoding: .utf8)
        return try run(
            Checkout.product("keeper-injector"),
            ["list", "--ksm-config", scratch.file("other.json"), "--ca-cert", scratch.file("ca.pem")],
            environment: ["PATH": "/usr/bin:/bin", "SSL_CERT_DIR": scratch.file("none")])
    }

    @Test(
        "the message has the certificate's date and what the clock of this machine says",
        arguments: [
            ("expired", "it has expired: it was valid until 2024-02-29T12:34:56Z"),
            ("not-yet", "it is not valid yet: it begins at 2124-02-29T12:34:56Z"),
            (
                "authority-expired",
                "the certificate of its authority has expired: it was valid until 2024-02-29T12:34:56Z"
            ),
        ])
    func dates(kind: String, reason: String) async throws {
        let start = Date.now.addingTimeInterval(-1)
        let result = try await list(kind)
        #expect(result.status == 5)
        #expect(result.errors.contains(reason), "\(result.errors)")
        let match = try #require(
            result.errors.firstMatch(of: /the clock of this machine says (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/),
            "\(result.errors)")
        let clock = try Date(String(match.1), strategy: .iso8601)
        #expect((start...Date.now).contains(clock))
    }

    @Test("a valid certificate passes, so that it was the dates")
    func valid() async throws {
        let result = try await list("valid")
        #expect(result.errors.contains("418"), "\(result.errors)")
    }
}
