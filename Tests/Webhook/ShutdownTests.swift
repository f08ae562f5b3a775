import Foundation
import TestSupport
import Testing

@Suite("The end of the webhook")
struct ShutdownTests {
    @Test("answers what was begun, closes what is idle, ends with 0")
    func graceful() async throws {
        let webhook = try await RunningWebhook()
        let result = try run(
            try Peers.python,
            [
                Peers.script("webhook_shutdown.py"), String(webhook.port), webhook.volume.authority,
                Checkout.fixture("admission/single-secret.json"), String(webhook.process.pid),
            ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(try await webhook.process.wait(limit: .seconds(10)) == 0)
        #expect(webhook.log.last?["msg"] as? String == "stopped")
    }

    @Test("goes on serving, not ready, for --shutdown-delay")
    func delayed() async throws {
        let webhook = try await RunningWebhook(["--shutdown-delay", "3"])
        webhook.process.signal(SIGTERM)
        #expect(try await eventually { try webhook.ask("/readyz").status == 503 })
        #expect(try webhook.ask("/readyz", plain: true).body == "shutting down\n")
        #expect(try webhook.review(Checkout.fixture("admission/single-secret.json")).status == 200)
        #expect(try await webhook.process.wait(limit: .seconds(20)) == 0)
    }

    @Test("says what is wrong with its flags, with exit codes of the contract")
    func usage() throws {
        let volume = try CertificateVolume()
        let pair = ["--tls-cert", volume.certificate, "--tls-key", volume.key]
        let executable = Checkout.product("keeper-injector-webhook")
        for (arguments, status, message) in [
            (["serve"], 2, "Missing expected argument '--tls-cert"),
            (["serve", "--port", "70000"] + pair, 2, "'70000' is invalid"),
            (["serve", "--max-connections", "1"] + pair, 2, "from 16 to 100000"),
            (["serve", "--default-backend", "disk"] + pair, 2, "--default-backend"),
            (["serve", "--config", "/nowhere"] + pair, 3, "/nowhere"),
            (["serve", "--help"], 0, "POST /mutate"), (["--version"], 0, "0."),
        ] {
            let result = try run(executable, arguments)
            #expect(result.status == status, "\(arguments) \(result.errors)")
            #expect((result.output + result.errors).contains(message), "\(arguments) \(result.errors)")
        }
    }

    @Test("says which port is taken")
    func taken() async throws {
        let webhook = try await RunningWebhook()
        let result = try run(
            Checkout.product("keeper-injector-webhook"),
            [
                "serve", "--port", String(webhook.port), "--metrics-port", "0", "--tls-cert",
                webhook.volume.certificate, "--tls-key", webhook.volume.key,
            ])
        #expect(result.status == 3)
        #expect(result.errors.contains("cannot listen on :: port \(webhook.port): Address already in use"))
        #expect(result.errors.contains("--port"))
    }
}
