import KeeperEmulator
import Testing

@Suite("The emulator's faults strike as ordered")
struct EmulatorFaultTests {
    private let emulator: Emulator
    private let client: EmulatorRawClient

    init() throws {
        emulator = try Emulator.start()
        client = try EmulatorRawClient(emulator)
    }

    @Test(
        "answers of Keeper's",
        arguments: [
            ("throttle=3", 403, "throttled"), ("500", 500, "server_error"), ("503", 503, "server_error"),
            ("wrong-key=18", 400, "key"), ("error=access_denied", 403, "access_denied"),
        ])
    func answers(text: String, status: Int, code: String) throws {
        emulator.faults = [try Fault(parsing: text + "@get_secret*2")]
        #expect(try client.ask("get_folders").status == 200)
        for _ in 0..<2 {
            let answer = try client.ask()
            #expect(answer.status == status && answer.error == code)
            if code == "throttled" { #expect(answer.json?["retry_after"]?.integer == 3) }
            if code == "key" { #expect(answer.json?["key_id"]?.integer == 18) }
        }
        #expect(try client.ask().status == 200)
        #expect(emulator.faults.isEmpty)
    }

    @Test("a proxy's page is no JSON")
    func proxyPage() throws {
        emulator.faults = [Fault(.proxyPage)]
        let answer = try client.ask()
        #expect(answer.status == 502 && answer.json == nil && !answer.body.isEmpty)
    }

    // curl's exit codes: 18 partial file, 28 time-out, 35 TLS handshake, 52 empty, 56 receiving failed.
    @Test(
        "faults of the connection",
        arguments: [
            ("reset", [56]), ("truncate", [18, 56]), ("hang", [28]), ("slow=100", [28]), ("tls-close", [35]),
            ("tls-hang", [28]),
        ])
    func connection(text: String, exits: [Int32]) throws {
        emulator.faults = [try Fault(parsing: text + "*1")]
        let answer = try client.ask(options: ["--max-time", "1"])
        #expect(exits.contains(answer.exit), "curl ended with \(answer.exit)")
        #expect(try client.ask().status == 200)
    }

    @Test("a slow answer is whole in the end")
    func slow() throws {
        emulator.faults = [Fault(.slow(bytesPerSecond: 100_000), times: 1)]
        #expect(try client.ask().opened != nil)
    }

    @Test("a corrupt answer does not open")
    func corruptBody() throws {
        emulator.faults = [Fault(.corruptBody, times: 1)]
        let answer = try client.ask()
        #expect(answer.status == 200 && answer.opened == nil)
    }

    @Test("a corrupt record arrives in an answer that opens, with other bytes")
    func corruptRecord() throws {
        func data(_ uid: String) throws -> JSON? {
            let records = try client.ask().opened?["records"]?.array ?? []
            return records.first { $0["recordUid"]?.string == uid }?["data"]
        }
        let whole = try data("WebShopLogin0000000001")
        emulator.faults = [try Fault(parsing: "corrupt-record=WebShopLogin0000000001*1")]
        #expect(try data("WebShopLogin0000000001") != whole)
        #expect(try data("WebShopLogin0000000001") == whole)
        #expect(whole != nil)
    }

    @Test("the real limit counts by client and operation, and clears after silence")
    func throttleRule() throws {
        emulator.throttle = ThrottleRule(requests: 2, silence: .seconds(60), retryAfter: 60)
        #expect(try client.ask().status == 200)
        #expect(try client.ask().status == 200)
        let answer = try client.ask()
        #expect(answer.error == "throttled" && answer.json?["retry_after"]?.integer == 60)
        #expect(try client.ask("get_folders").status == 200)
        #expect(try EmulatorRawClient(emulator).ask().status == 200)
        emulator.throttle = ThrottleRule(requests: 1, silence: .zero)
        for _ in 0..<3 { #expect(try client.ask().status == 200) }
    }

    @Test("stopping ends a request that hangs, and nobody answers any more")
    func stop() async throws {
        emulator.faults = [Fault(.hang)]
        let client = client
        let hanging = Task.detached { try client.ask() }
        while emulator.counters.getSecret == 0 { try await Task.sleep(for: .milliseconds(10)) }
        emulator.stop()
        #expect(try await hanging.value.exit != 0)
        // Not 7 alone: an emulator of another test may have got the port by now, with another authority.
        #expect([7, 60].contains(try client.ask().exit))
    }

    @Test("a fault's text is read and written alike; nonsense is told apart")
    func texts() throws {
        for text in [
            "throttle", "throttle=3*2", "500@get_secret*1", "slow=2048", "reset@file", "hang", "truncate",
            "corrupt", "corrupt-record=Abc", "corrupt-file=Abc@file", "wrong-key=18", "error=signature",
            "tls-close", "tls-hang*4", "proxy",
        ] {
            #expect(try Fault(parsing: text).description == text)
        }
        for text in ["", "nonsense", "reset*0", "reset*x", "reset@nothing", "slow=0", "200", "throttle=x"] {
            #expect(throws: FaultError.self) { try Fault(parsing: text) }
        }
    }
}
