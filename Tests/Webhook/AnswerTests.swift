import Admission
import Foundation
import Injection
import Plan
import TestSupport
import Testing

@Suite("The webhook's answers, asked by curl")
struct AnswerTests {
    private let review = Checkout.fixture("admission/single-secret.json")

    @Test("answers a review as the admission code does without HTTP")
    func mutates() async throws {
        let webhook = try await RunningWebhook()
        var policy = InjectionPolicy(version: productVersion)
        policy.agentImage = "example.com/agent:1"
        let handler = AdmissionHandler(injector: Injector(policy: policy))
        for name in ["single-secret", "plain-no-annotations", "error-bad-interval", "fuse-backend"] {
            let file = Checkout.fixture("admission/\(name).json")
            let answer = try webhook.review(file)
            #expect(answer.status == 200)
            let body = try Data(contentsOf: URL(fileURLWithPath: file))
            let expected = body.withUnsafeBytes { handler.answer($0) }.body
            #expect(answer.body == String(decoding: expected, as: UTF8.self), "\(name)")
        }
    }

    @Test("says what is wrong with a request in status and JSON")
    func refuses() async throws {
        let webhook = try await RunningWebhook()
        let json = "content-type: application/json"
        var answer = try webhook.ask("/mutate")
        #expect(answer.status == 405)
        #expect(answer.headers.contains("allow: post"))
        #expect(answer.body.contains("POST only"))
        #expect(try webhook.ask("/mutate", "-d", "{}").status == 415)
        #expect(try webhook.ask("/mutate", "-H", "content-type: application/jsonp", "-d", "{}").status == 415)
        #expect(try webhook.ask("/nowhere").status == 404)
        #expect(try webhook.ask("/healthz", "-X", "POST", "-d", "x").status == 405)
        for body in ["", "x", "{}", "[]", #"{"apiVersion":"v1","kind":"Pod"}"#, "{\"request\":null}"] {
            answer = try webhook.ask("/mutate", "-H", json, "--data-binary", body)
            #expect(answer.status == 400, "\(body)")
            #expect(answer.body.hasPrefix(#"{"error":""#), "\(body)")
        }
        #expect(
            try webhook.ask("/mutate", "-H", "Content-Type: Application/JSON; charset=utf-8", "-d", "x")
                .status
                == 400)
        #expect(try webhook.metric(#"keeper_injector_errors_total{reason="content_type"}"#) == 2)
        #expect(
            try webhook.metric(#"keeper_injector_requests_total{operation="mutate",result="malformed"}"#) == 7
        )
    }

    @Test("takes 3 MiB of body and no more, announced or in chunks")
    func limits() async throws {
        let webhook = try await RunningWebhook()
        let scratch = try TemporaryDirectory()
        let big = scratch.file("big"), tooBig = scratch.file("too-big")
        try Data(repeating: 0x20, count: 3 << 20).write(to: URL(fileURLWithPath: big))
        try Data(repeating: 0x20, count: 3 << 20 + 1).write(to: URL(fileURLWithPath: tooBig))
        for chunked in [[], ["-H", "transfer-encoding: chunked"]] {
            for (file, status) in [(big, 400), (tooBig, 413)] {
                let result = try run(
                    try Peers.curl,
                    ["-sS", "-o", scratch.file("answer"), "-w", "%{http_code}", "--cacert"]
                        + [webhook.volume.authority, "-H", "content-type: application/json"] + chunked
                        + ["--data-binary", "@" + file, "https://localhost:\(webhook.port)/mutate"])
                #expect(result.output == String(status), "\(result.errors)")
            }
        }
        // A head beyond its limits closes the connection with 400.
        let header = "x: " + String(repeating: "a", count: 40_000)
        #expect(try webhook.ask("/healthz", "-H", header).status == 400)
        #expect(try webhook.ask("/healthz").status == 200)
    }

    @Test("serves health on both ports, metrics on the plain one only")
    func health() async throws {
        let webhook = try await RunningWebhook()
        for plain in [false, true] {
            #expect(try webhook.ask("/healthz", plain: plain).body == "ok\n")
            #expect(try webhook.ask("/readyz", plain: plain).status == 200)
            #expect(try webhook.ask("/readyz", "-I", plain: plain).status == 200)
        }
        #expect(try webhook.ask("/metrics").status == 404)
        #expect(try webhook.ask("/mutate", plain: true).status == 404)
        _ = try webhook.review(review)
        let metrics = try webhook.ask("/metrics", plain: true)
        #expect(metrics.headers.contains("content-type: text/plain; version=0.0.4"))
        for line in [
            #"keeper_injector_requests_total{operation="mutate",result="injected"} 1"#,
            "keeper_injector_latency_seconds_count 1",
            #"keeper_injector_latency_seconds_bucket{le="+Inf"} 1"#,
            "keeper_injector_build_info{version=", "keeper_injector_certificate_not_after_seconds 1",
        ] { #expect(metrics.body.contains(line), "\(line)") }
    }

    @Test("answers several requests on one connection, also when they come at once")
    func keepAlive() async throws {
        let webhook = try await RunningWebhook()
        let result = try run(
            try Peers.python,
            [Peers.script("webhook_pipeline.py"), String(webhook.port), webhook.volume.authority, review])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("writes one audit line for each decision, without a value")
    func audit() async throws {
        let webhook = try await RunningWebhook()
        _ = try webhook.review(review)
        _ = try webhook.review(Checkout.fixture("admission/error-bad-interval.json"))
        _ = try webhook.review(Checkout.fixture("admission/from-deployment.json"))
        _ = try await eventually { webhook.log.filter { $0["msg"] as? String == "admission" }.count == 3 }
        let lines = webhook.log.filter { $0["msg"] as? String == "admission" }
        try #require(lines.count == 3)
        #expect(lines.map { $0["result"] as? String } == ["injected", "denied", "injected"])
        #expect(lines[0]["namespace"] as? String == "app")
        #expect(lines[0]["user"] != nil)
        #expect(lines[0]["uid"] != nil)
        #expect((lines[1]["reasons"] as? [String])?.isEmpty == false)
        #expect((lines[2]["owner"] as? String)?.hasPrefix("ReplicaSet/") == true)
    }

    @Test("goes on answering when nobody reads its log, and counts the lines that are lost")
    func blockedLog() async throws {
        let volume = try CertificateVolume()
        let result = try run(
            try Peers.python,
            [
                Peers.script("webhook_blocked_log.py"), Checkout.product("keeper-injector-webhook"),
                volume.certificate, volume.key, volume.authority, review,
            ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
