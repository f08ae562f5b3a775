import KeeperCrypto
import KeeperEmulator
import SecretMemory
import Testing

@Suite("The emulator refuses what Keeper refuses")
struct EmulatorStrictnessTests {
    private let emulator: Emulator
    private let client: EmulatorRawClient

    init() throws {
        emulator = try Emulator.start()
        client = try EmulatorRawClient(emulator)
    }

    @Test("a right request is answered, once")
    func replay() throws {
        let request = try client.request()
        let answer = try client.send(request)
        #expect(answer.status == 200)
        #expect(answer.opened?["folders"]?.array?.count == 2)
        let second = try client.send(request)
        #expect(second.status == 400 && second.error == "bad_request")
        #expect(emulator.counters.getSecret == 2)
        #expect(emulator.counters.count(of: .getSecret, result: "ok") == 1)
    }

    @Test("a signature by another key, or over other bytes, is wrong")
    func signature() throws {
        let stranger = try EmulatorRawClient(emulator, clientID: client.clientID, key: .generate())
        let other = try stranger.ask()
        #expect(other.status == 403 && other.error == "signature")

        var swapped = try client.request()
        swapped.headers["Authorization"] = try client.request().headers["Authorization"]
        #expect(try client.send(swapped).error == "signature")
    }

    @Test("an unknown and a revoked client are denied")
    func clients() throws {
        let id = Base64.encode(try randomBytes(64))
        let unknown = try EmulatorRawClient(emulator, clientID: id, key: .generate())
        #expect(try unknown.ask().error == "access_denied")

        #expect(try client.ask("get_folders").status == 200)
        #expect(emulator.revoke(client.clientID))
        let revoked = try client.ask("get_folders")
        #expect(revoked.status == 403 && revoked.error == "access_denied")
        #expect(!emulator.revoke("nobody"))
    }

    @Test(
        "headers that are missing or malformed are bad requests",
        arguments: ["Content-Type", "PublicKeyId", "TransmissionKey", "Authorization"])
    func headers(name: String) throws {
        var missing = try client.request()
        // curl sends a header without a value not at all.
        missing.headers[name] = ""
        #expect(try client.send(missing).error == "bad_request")
        var malformed = try client.request()
        malformed.headers[name] = "?"
        let answer = try client.send(malformed)
        #expect(answer.status == 400 && answer.error == "bad_request")
    }

    @Test("an unknown key id is answered with the one to use")
    func keyID() throws {
        var request = try client.request()
        request.headers["PublicKeyId"] = "3"
        let answer = try client.send(request)
        #expect(answer.error == "key" && answer.json?["key_id"]?.integer == 10)
        // The same key under its other name, and a key of which this one is not.
        var renamed = try client.request()
        renamed.headers["PublicKeyId"] = "18"
        #expect(try client.send(renamed).status == 200)
        var foreign = try client.request()
        foreign.headers["PublicKeyId"] = "17"
        #expect(try client.send(foreign).error == "bad_request")
    }

    @Test("a payload that is not as it has to be is refused")
    func payloads() throws {
        #expect(try client.send(client.request(text: "no json")).error == "bad_request")
        #expect(try client.send(client.request(text: "[]")).error == "bad_request")
        for (key, value): (String, JSON) in [
            ("clientId", "x"), ("requestedRecords", "all"), ("requestedRecords", ["short"]),
            ("requestLinks", "yes"), ("publicKey", 1), ("foo", 1),
        ] {
            var payload = client.payload
            payload[key] = value
            #expect(try client.ask("get_secret", payload).error == "bad_request", "\(key)")
        }
        for version: JSON in ["17.3.0", "mp17.3", "mp17.x.0", "M17.3.0", 17] {
            var payload = client.payload
            payload["clientVersion"] = version
            #expect(try client.ask("get_secret", payload).error == "invalid_client_version")
        }
        var tampered = try client.request()
        tampered.body[20] ^= 1
        #expect(try client.send(tampered).error == "bad_request")
    }

    @Test("HTTP that is not as it has to be is refused")
    func http() throws {
        #expect(try client.curl("/api/rest/sm/v1/get_secret").status == 405)
        #expect(try client.curl("/api/rest/sm/v1/file").status == 404)
        #expect(try client.ask("get_nothing").status == 404)
        #expect(try client.ask(options: ["-H", "Transfer-Encoding: chunked"]).status == 411)
        let large = String(repeating: "x", count: 40_000)
        #expect(try client.ask(options: ["-H", "X-Large: \(large)"]).status == 431)
        // The standard name that is trusted, and one that is not in the certificate.
        #expect(try client.curl("https://localhost:\(emulator.port)/").status == 404)
        let foreign = ["--connect-to", "::127.0.0.1:\(emulator.port)"]
        #expect(try client.curl("https://keeper.example/", foreign).exit == 60)
    }

    @Test("only what is asked for is answered, links on request")
    func filter() throws {
        var payload = client.payload
        payload["requestedRecords"] = ["SigningKeystore0000001", "PaymentsDatabase000001"]
        payload["requestLinks"] = true
        let answer = try client.ask("get_secret", payload)
        let opened = try #require(answer.opened)
        let records = try #require(opened["records"]?.array)
        #expect(records.map { $0["recordUid"]?.string } == ["SigningKeystore0000001"])
        #expect(records.first?["links"] == [["recordUid": "WebShopLogin0000000001"]])
        let folders = try #require(opened["folders"]?.array)
        #expect(folders.map { $0["folderUid"]?.string } == ["RootInfrastructure0001"])
        #expect(folders.first?["records"]?.array?.count == 1)
    }

    @Test("a file is at a secret address that takes no headers of the protocol")
    func file() throws {
        let answer = try client.ask()
        let records = answer.opened?["records"]?.array ?? []
        let keystore = records.first { $0["recordUid"] == "SigningKeystore0000001" }
        let url = try #require(keystore?["files"]?.array?.first?["url"]?.string)
        let good = try client.curl(url)
        #expect(good.status == 200 && good.body.count == 102_400 + 28)
        #expect(try client.curl(url, ["-H", "Authorization: Signature x"]).status == 400)
        #expect(try client.curl(url + "x").status == 404)
        #expect(emulator.counters.fileDownloads == 3)
    }
}
