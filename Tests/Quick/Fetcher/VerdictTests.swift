import Plan
import Testing

@testable import Fetcher

@Suite("What an answer that is not HTTP 200 means")
struct VerdictTests {
    private func verdict(_ status: Int, _ body: String) -> Verdict {
        Verdict(status: status, body: Array(body.utf8), host: "h")
    }

    @Test("another server key is switched to, whichever way its id is written")
    func key() {
        #expect(verdict(400, #"{"error":"key","key_id":7}"#) == .switchKey(id: "7"))
        #expect(verdict(401, #"{"error":"key","key_id":"12"}"#) == .switchKey(id: "12"))
        // The id goes into a header.
        #expect(
            verdict(400, #"{"error":"key","key_id":"1\r\nX: y"}"#)
                == .permanent(.refused(code: "key", text: "")))
        #expect(verdict(400, #"{"error":"key"}"#) == .permanent(.refused(code: "key", text: "")))
    }

    @Test("throttling is told by status and code, with its wish")
    func throttled() {
        #expect(verdict(403, #"{"error":"throttled","retry_after":3}"#) == .throttled(wish: 3))
        #expect(verdict(403, #"{"result_code":"throttled","retry_after":"2.5"}"#) == .throttled(wish: 2.5))
        #expect(verdict(403, #"{"error":"throttled","retry_after":-1}"#) == .throttled(wish: nil))
        #expect(verdict(403, #"{"error":"throttled","retry_after":1e999}"#) == .throttled(wish: nil))
        #expect(verdict(429, "slow down") == .throttled(wish: nil))
        guard case .transient = verdict(500, #"{"error":"throttled"}"#) else {
            Issue.record("a 500 is transient, whatever it says")
            return
        }
    }

    @Test(
        "permanent errors say what they mean",
        arguments: [
            ("access_denied", "revoked"), ("signature", "clock"), ("bad_request", "region"),
            ("invalid_client_version", "upgrade"), ("something_new", "devices"),
        ])
    func permanent(code: String, hint: String) throws {
        guard case .permanent(let error) = verdict(403, #"{"error":"\#(code)","message":"no"}"#) else {
            Issue.record("not permanent")
            return
        }
        #expect(error == .refused(code: code, text: "no"))
        #expect(error.exitCode == .refused)
        #expect(error.message == "Keeper refused the request (\(code)): no")
        #expect(error.hint?.contains(hint) == true)
    }

    @Test("gateways' errors are transient, other pages are not Keeper's")
    func pages() {
        for status in [500, 502, 503, 504, 408] {
            guard case .transient(let error) = verdict(status, "<html>Bad gateway</html>") else {
                Issue.record("\(status) is transient")
                continue
            }
            #expect(
                error.message == "h answered HTTP \(status), not as Keeper does: <html>Bad gateway</html>")
        }
        for status in [301, 302, 404, 407, 204] {
            guard case .permanent(.strangeAnswer(_, status, _)) = verdict(status, "<html>") else {
                Issue.record("\(status) is no answer of Keeper's")
                continue
            }
        }
    }

    @Test("a server's text is clipped, and cannot break a line or a terminal")
    func hostileText() throws {
        let text = "\\u001b[2J\\nline\\u202e" + String(repeating: "x", count: 10_000)
        guard
            case .permanent(.refused(let code, let shown)) = verdict(
                403, #"{"error":"a\nb","message":"\#(text)"}"#)
        else {
            Issue.record("not refused")
            return
        }
        #expect(code == "a b")
        #expect(shown.count <= 201)
        #expect(!shown.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E })
        let bytes = [UInt8](repeating: 0xFF, count: 100_000)
        guard case .permanent(let page) = Verdict(status: 404, body: bytes, host: "h") else {
            Issue.record("not permanent")
            return
        }
        #expect(page.message.count < 300)
    }
}

@Suite("Waiting")
struct PatienceTests {
    private func patience(
        _ options: ClientOptions = ClientOptions(retryDelays: [.milliseconds(1), .milliseconds(2)]),
        within limit: Duration? = nil, cancellation: Cancellation = Cancellation(),
        observer: @escaping (FetchEvent) -> Void = { _ in }
    ) -> Patience {
        Patience(
            operation: .getSecret, options: options, rounds: RequestRounds(clientID: "c"),
            deadline: limit.map { ContinuousClock.now + $0 },
            cancellation: cancellation, observer: observer)
    }

    private let broken = KeeperError.unreadable(host: "h", reason: "r")

    @Test("after the last delay the error itself is thrown")
    func retries() throws {
        var events: [FetchEvent] = []
        var patience = patience { events.append($0) }
        try patience.wait(after: broken)
        try patience.wait(after: broken)
        #expect(patience.attempts == 3)
        #expect(throws: broken) { try patience.wait(after: broken) }
        #expect(events.count == 2)
    }

    @Test("no wait goes beyond the deadline")
    func deadline() throws {
        var hurried = patience(ClientOptions(), within: .milliseconds(1))
        #expect(throws: broken) { try hurried.wait(after: broken) }
        #expect(throws: KeeperError.throttled(waits: 0)) { try hurried.waitThrottled(wish: 60) }
        let over = patience(within: .zero)
        #expect(throws: KeeperError.deadline(host: "h")) { try over.timeout(host: "h") }
        #expect(try patience(within: .seconds(3600)).timeout(host: "h") == .seconds(30))
        #expect(try patience(within: .seconds(2)).timeout(host: "h") <= .seconds(2))
    }

    @Test("a wish is never undercut, and five waits are enough")
    func throttling() throws {
        let cancellation = Cancellation()
        cancellation.cancel()
        var delays: [Duration] = []
        var patience = patience(cancellation: cancellation) { event in
            if case .throttled(_, let delay, _) = event { delays.append(delay) }
        }
        for _ in 0..<5 { #expect(throws: KeeperError.cancelled) { try patience.waitThrottled(wish: 60) } }
        #expect(throws: KeeperError.throttled(waits: 5)) { try patience.waitThrottled(wish: 60) }
        #expect(patience.refusals == 6)
        #expect(delays.count == 5)
        #expect(delays.allSatisfy { $0 >= .seconds(60) })
    }
}
