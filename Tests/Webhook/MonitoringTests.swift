import Agent
import Foundation
import TestSupport
import Testing

@Suite("Metrics, alerts, dashboard and their document")
struct MonitoringTests {
    @Test("alerts and dashboard ask for metrics and labels that there are, and the document tells of each")
    func together() async throws {
        let directory = try TemporaryDirectory()
        let agent = directory.file("agent")
        let status = Status(version: "1", maxStaleness: .seconds(1), opens: { 0 })
        try status.metrics.write(toFile: agent, atomically: false, encoding: .utf8)
        let webhook = try await RunningWebhook()
        let answer = try webhook.ask("/metrics", plain: true)
        let metrics = directory.file("webhook")
        try answer.body.write(toFile: metrics, atomically: false, encoding: .utf8)

        let result = try run(Peers.python, [Peers.script("monitoring_check.py"), agent, metrics])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("alerts"), "\(result.output)")
    }
}
