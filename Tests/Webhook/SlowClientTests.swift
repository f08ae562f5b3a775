import TestSupport
import Testing

@Suite("The webhook and clients that take their time")
struct SlowClientTests {
    private func ask(_ kind: String, _ webhook: RunningWebhook) throws -> CommandResult {
        try run(
            try Peers.python,
            [
                Peers.script("webhook_slow.py"), kind, String(webhook.port), webhook.volume.authority,
                Checkout.fixture("admission/single-secret.json"),
            ])
    }

    @Test(
        "closes a connection that dawdles, in every phase",
        arguments: ["no-handshake", "half-handshake", "head", "body", "no-reading", "endless-refused"])
    func dawdlers(kind: String) async throws {
        let webhook = try await RunningWebhook()
        let result = try ask(kind, webhook)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(try webhook.ask("/healthz").status == 200)
    }

    @Test("takes the places of idle connections back when many are taken")
    func idlers() async throws {
        let webhook = try await RunningWebhook(["--max-connections", "16"])
        let result = try ask("idlers", webhook)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
