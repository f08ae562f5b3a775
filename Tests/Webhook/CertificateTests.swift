import Foundation
import TestSupport
import Testing

@Suite("The webhook's certificates, made by OpenSSL")
struct CertificateTests {
    private let review = Checkout.fixture("admission/single-secret.json")

    @Test("swaps certificates under 200 requests a second for 20 seconds; no request fails")
    func swapUnderLoad() async throws {
        let webhook = try await RunningWebhook()
        let load = try BackgroundProcess(
            try Peers.python,
            [
                Peers.script("webhook_load.py"), String(webhook.port), webhook.volume.authority, review,
                "200",
                "20",
            ])
        var swaps = 0
        while load.isRunning {
            try webhook.volume.renew()
            swaps += 1
            try await Task.sleep(for: .seconds(2))
        }
        let status = try await load.wait()
        #expect(status == 0, "\(load.output)\(load.errors)")
        // The load prints how many certificates it saw in its handshakes.
        let seen = load.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0
        #expect(seen >= 5, "\(swaps) swaps, \(seen) certificates seen")
        _ = try await eventually {
            try webhook.metric("keeper_injector_certificate_loads_total") ?? 0 >= 6
        }
        #expect(!webhook.log.contains { $0["level"] as? String == "error" }, "\(webhook.process.errors)")
    }

    @Test("keeps the old pair when the new one cannot be used, says why once, and takes the next good one")
    func badPair() async throws {
        let webhook = try await RunningWebhook()
        let volume = webhook.volume
        let made = volume.directory.file("..bad")
        try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
        try volume.sign("other", certificate: made + "/tls.crt", key: made + "/other.key")
        try Data(contentsOf: URL(fileURLWithPath: volume.key)).write(
            to: URL(fileURLWithPath: made + "/tls.key"))
        try volume.swap(to: "..bad")
        let told = try await eventually { webhook.log.contains { $0["level"] as? String == "error" } }
        #expect(told)
        try await Task.sleep(for: .milliseconds(2500))
        let errors = webhook.log.filter { $0["level"] as? String == "error" }
        #expect(errors.count == 1)
        #expect((errors.first?["error"] as? String)?.contains("is not that of the certificate") == true)
        #expect(try webhook.review(review).status == 200)
        #expect(try webhook.ask("/readyz").status == 200)

        try volume.renew()
        let reloaded = try await eventually {
            webhook.log.contains { $0["msg"] as? String == "certificate reloaded" }
        }
        #expect(reloaded)
        #expect(try webhook.review(review).status == 200)
    }

    @Test("is not ready with a certificate that is not valid now")
    func expired() async throws {
        let webhook = try await RunningWebhook(volume: try CertificateVolume(days: 0))
        let answer = try webhook.ask("/readyz", plain: true)
        #expect(answer.status == 503)
        #expect(answer.body.contains("expired"))
        #expect(try webhook.ask("/healthz", plain: true).status == 200)
        try webhook.volume.renew()
        #expect(try await eventually { try webhook.ask("/readyz", plain: true).status == 200 })
    }

    @Test("serves only clients with a certificate of --client-ca")
    func mutual() async throws {
        let volume = try CertificateVolume()
        let certificate = volume.directory.file("client.crt"), key = volume.directory.file("client.key")
        try volume.sign("kube-apiserver", certificate: certificate, key: key)
        let webhook = try await RunningWebhook(["--client-ca", volume.authority], volume: volume)
        #expect(throws: RunningWebhook.DidNotStart.self) { try webhook.ask("/healthz") }
        #expect(throws: RunningWebhook.DidNotStart.self) { try webhook.review(review) }
        #expect(try webhook.review(review, "--cert", certificate, "--key", key).status == 200)
        #expect(try webhook.ask("/readyz", plain: true).status == 200)

        // One that another authority signed is a stranger's.
        let stranger = try CertificateVolume()
        #expect(throws: RunningWebhook.DidNotStart.self) {
            try webhook.review(review, "--cert", stranger.certificate, "--key", stranger.key)
        }
        #expect(try webhook.metric(#"keeper_injector_errors_total{reason="tls"}"#) ?? 0 >= 3)
    }

    @Test("speaks TLS 1.2 and 1.3, HTTP/1.1, and nothing older")
    func versions() async throws {
        let webhook = try await RunningWebhook()
        for (flag, works) in [("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
            let result = try run(
                "/usr/bin/openssl",
                [
                    "s_client", "-connect", "localhost:\(webhook.port)", flag, "-cipher", "ALL:@SECLEVEL=0",
                    "-CAfile", webhook.volume.authority, "-verify_return_error", "-alpn", "h2,http/1.1",
                ])
            #expect((result.status == 0) == works, "\(flag) \(result.errors)")
            if works { #expect(result.output.contains("ALPN protocol: http/1.1")) }
        }
    }

    @Test("ends with exit code 3 and a hint when certificate or key cannot be used at the start")
    func unusable() throws {
        let volume = try CertificateVolume()
        let scratch = try TemporaryDirectory()
        try "not PEM".write(toFile: scratch.file("text"), atomically: true, encoding: .utf8)
        try openssl("ec", "-aes128", "-passout", "pass:x", "-in", volume.key, "-out", scratch.file("locked"))
        for (certificate, key, message) in [
            ("/nowhere", volume.key, "cannot read '/nowhere': No such file"),
            (scratch.file("text"), volume.key, "no certificate in PEM form"),
            (volume.certificate, scratch.file("text"), "no unencrypted private key"),
            (volume.certificate, scratch.file("locked"), "no unencrypted private key"),
            (volume.authority, volume.key, "is not that of the certificate"),
        ] {
            let result = try run(
                Checkout.product("keeper-injector-webhook"),
                ["serve", "--port", "0", "--metrics-port", "0", "--tls-cert", certificate, "--tls-key", key])
            #expect(result.status == 3)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }
}
