import Foundation
import TestSupport

/// The built executable, serving on free ports.
final class RunningWebhook {
    let process: BackgroundProcess
    let port: Int
    let metricsPort: Int
    let volume: CertificateVolume

    struct DidNotStart: Error { let errors: String }

    init(_ arguments: [String] = [], volume: CertificateVolume? = nil) async throws {
        let volume = try volume ?? CertificateVolume()
        self.volume = volume
        let process = try BackgroundProcess(
            Checkout.product("keeper-injector-webhook"),
            [
                "serve", "--port", "0", "--metrics-port", "0", "--tls-cert", volume.certificate, "--tls-key",
                volume.key, "--agent-image", "example.com/agent:1",
            ] + arguments)
        self.process = process
        var ports: [String: Int] = [:]
        _ = try await eventually {
            for line in RunningWebhook.lines(process.errors) where line["msg"] as? String == "listening" {
                if let server = line["server"] as? String { ports[server] = line["port"] as? Int }
            }
            return ports.count == 2 || !process.isRunning
        }
        guard let port = ports["admission"], let metricsPort = ports["metrics"] else {
            throw DidNotStart(errors: process.errors)
        }
        self.port = port
        self.metricsPort = metricsPort
    }

    /// What it logged, parsed.
    var log: [[String: Any]] { RunningWebhook.lines(process.errors) }

    private static func lines(_ text: String) -> [[String: Any]] {
        text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    struct HTTPResult {
        let status: Int
        let headers: String
        let body: String
    }

    /// Asks with curl, which checks the certificate against the authority.
    func ask(_ path: String, _ arguments: String..., plain: Bool = false, input: String = "") throws
        -> HTTPResult
    {
        let base = plain ? "http://localhost:\(metricsPort)" : "https://localhost:\(port)"
        let result = try run(
            try Peers.curl,
            ["-sS", "-i", "--max-time", "20", "--cacert", volume.authority, "-w", "\n%{http_code}"]
                + arguments + [base + path], input: input)
        guard result.status == 0 else { throw DidNotStart(errors: result.errors) }
        let status = result.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0
        let text = result.output.dropLast(4)
        let parts = text.components(separatedBy: "\r\n\r\n")
        return HTTPResult(
            status: status, headers: parts.dropLast().joined(separator: "\n").lowercased(),
            body: parts.last ?? "")
    }

    /// Posts a review.
    func review(_ file: String, _ arguments: String...) throws -> HTTPResult {
        let result = try run(
            try Peers.curl,
            ["-sS", "--max-time", "20", "--cacert", volume.authority, "-w", "\n%{http_code}"] + arguments + [
                "-H", "content-type: application/json", "--data-binary", "@" + file,
                "https://localhost:\(port)/mutate?timeout=10s",
            ])
        guard result.status == 0 else { throw DidNotStart(errors: result.errors) }
        return HTTPResult(
            status: result.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0, headers: "",
            body: String(result.output.dropLast(4)))
    }

    /// The value of a metric, labels included in its name.
    func metric(_ name: String) throws -> Double? {
        try ask("/metrics", plain: true).body.split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }
            .flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
