import Fetcher
import KeeperCrypto
import SecretMemory
import Testing

@Suite("KSM configuration")
struct ConfigurationTests {
    /// A good configuration's members, each as JSON.
    private let good: [String: String]

    init() throws {
        let key = try PrivateKey.generate()
        good = [
            "hostname": #""127.0.0.1:8443""#, "clientId": "\"\(Base64.encode(try randomBytes(64)))\"",
            "privateKey": "\"\(Base64.encode(try key.der()))\"",
            "appKey": "\"\(Base64.encode(try randomBytes(32)))\"", "serverPublicKeyId": #""10""#,
            "appOwnerPublicKey": "\"\(Base64.encode(SecretBytes(key.publicKey.point)))\"",
        ]
    }

    private func json(_ changes: [String: String?] = [:]) -> String {
        var members = good
        for (key, value) in changes { members[key] = value }
        return "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
    }

    private func parse(_ text: String) throws(ConfigurationError) -> ClientConfiguration {
        try ClientConfiguration(parsing: SecretBytes(text.utf8))
    }

    @Test("JSON and base64 of it are read, in every dress")
    func forms() throws {
        let json = json()
        let standard = Base64.encode(SecretBytes(json.utf8))
        let urlSafe = Base64.encode(SecretBytes(json.utf8), alphabet: .urlSafe)
        var wrapped = ""
        for (position, letter) in standard.enumerated() {
            if position % 76 == 0 { wrapped += "\r\n" }
            wrapped.append(letter)
        }
        for text in [json, " \n\(json)\t\n", "\u{FEFF}" + json, standard, urlSafe, standard + "\n", wrapped] {
            let configuration = try parse(text)
            #expect(configuration.identity.host.description == "127.0.0.1:8443")
            #expect(configuration.identity.serverKeyID == "10")
            #expect(configuration.appKey.count == 32)
        }
    }

    @Test("what is written is read again, with nothing lost")
    func roundTrip() throws {
        let point = try PrivateKey.generate().publicKey.point
        let key = Base64.encode(SecretBytes(point), alphabet: .urlSafe)
        for changes in [
            [:], ["serverPublicKey": "\"\(key)\"", "serverPublicKeyId": "99"], ["appOwnerPublicKey": nil],
        ] as [[String: String?]] {
            let first = try parse(json(changes))
            let second = try ClientConfiguration(parsing: first.json())
            #expect(second.identity.clientID == first.identity.clientID)
            #expect(second.identity.privateKey.publicKey.point == first.identity.privateKey.publicKey.point)
            #expect(second.identity.serverKey?.point == first.identity.serverKey?.point)
            #expect(second.identity.serverKeyID == first.identity.serverKeyID)
            #expect(second.identity.host == first.identity.host)
            #expect(second.appKey.hasSameBytes(as: first.appKey))
            #expect(second.appOwnerPublicKey == first.appOwnerPublicKey)
        }
    }

    @Test("every key has its own mistakes, and no message quotes a secret")
    func mistakes() throws {
        let notP256 =
            "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
        let table: [([String: String?], ConfigurationError)] = [
            (["clientId": nil], .missing(key: "clientId")),
            (["clientId": #""""#], .missing(key: "clientId")),
            (["clientId": "7"], .notText(key: "clientId")),
            (["clientId": #""*""#], .notBase64(key: "clientId")),
            (["clientId": #""AAAA""#], .wrongSize(key: "clientId", size: 3, expected: 64)),
            (["privateKey": nil], .missing(key: "privateKey")),
            (["privateKey": #""S3CRET*S3CRET""#], .notBase64(key: "privateKey")),
            (["privateKey": #""S3CRETS3CRETS3CRET""#], .badKey(key: "privateKey", reason: .malformedKey)),
            (["privateKey": "\"\(notP256)\""], .badKey(key: "privateKey", reason: .wrongCurve)),
            (["appKey": nil], .missing(key: "appKey")),
            (["appKey": "null"], .missing(key: "appKey")),
            (["appKey": #""S3CRET*S3CRET""#], .notBase64(key: "appKey")),
            (["appKey": #""S3CRETS3CRETS3CRET""#], .wrongSize(key: "appKey", size: 13, expected: 32)),
            (["appKey": nil, "clientKey": #""S3CRETS3CRET""#], .unbound),
            (["hostname": nil], .missing(key: "hostname")),
            (["hostname": #""a b""#], .badHostname("a b", reason: "has characters that no host name has")),
            (["serverPublicKeyId": #""19""#], .unknownServerKey(id: "19")),
            (["serverPublicKeyId": #""1\r\nX: y""#], .malformedServerKeyID),
            (["serverPublicKey": #""S3CRET*""#], .notBase64(key: "serverPublicKey")),
            (["serverPublicKey": #""AAAA""#], .badKey(key: "serverPublicKey", reason: .malformedKey)),
        ]
        for (changes, expected) in table {
            let error = try #require(throws: ConfigurationError.self) { try parse(json(changes)) }
            #expect(error == expected)
            #expect(error.exitCode == .configuration)
            #expect(!error.message.contains("S3CRET") && error.hint?.contains("S3CRET") != true)
        }
        #expect(try #require(throws: ConfigurationError.self) { try parse("") } == .empty)
        #expect(try #require(throws: ConfigurationError.self) { try parse(" \n") } == .empty)
        #expect(
            try #require(throws: ConfigurationError.self) { try parse("<html>") } == .neitherJSONNorBase64)
        #expect(try #require(throws: ConfigurationError.self) { try parse("W10=") } == .notAnObject)
        let broken = try #require(throws: ConfigurationError.self) { try parse("{\"appKey\": \"S3CRET") }
        #expect(broken.message.contains("does not end at byte"))
        #expect(!broken.message.contains("S3CRET"))
        #expect(ConfigurationError.unbound.hint?.contains("keeper-injector bind") == true)
    }

    @Test(
        "a host is a name or address with or without a port, or a region",
        arguments: [
            ("keepersecurity.eu", "keepersecurity.eu"), ("EU", "keepersecurity.eu"),
            (" gov\n", "govcloud.keepersecurity.us"), ("https://keepersecurity.com/", "keepersecurity.com"),
            ("HTTPS://10.0.0.1:443", "10.0.0.1:443"), ("[::1]:8443", "[::1]:8443"),
            ("[fe80::1]", "[fe80::1]"),
            ("keeper-emulator.demo.svc:65535", "keeper-emulator.demo.svc:65535"),
        ])
    func hosts(text: String, expected: String) throws {
        #expect(try KeeperHost(text).description == expected)
    }

    @Test(
        "anything else is no host",
        arguments: [
            "", "http://keepersecurity.com", "https://", "a/b", "a:0", "a:65536", "a:x", "a:+1", "a:1:2",
            "::1",
            "user@host", "a b", "a\r\nX: y", "-a", ".a", "é.com", "[::1", "[x]", "a?b", "a#b", "[::1]x",
        ])
    func badHosts(text: String) {
        #expect(throws: ConfigurationError.self) { try KeeperHost(text) }
    }

    @Test("all of Keeper's 18 built-in keys are points of P-256")
    func serverKeys() throws {
        for id in 1...18 { _ = try parse(json(["serverPublicKeyId": "\"\(id)\""])) }
        _ = try parse(json(["serverPublicKeyId": nil]))
        _ = try parse(json(["serverPublicKeyId": "7"]))
    }
}

@Suite("One-time tokens")
struct OneTimeTokenTests {
    private let token = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A"

    @Test("regions, hosts with ports, and the form of IL5 are read")
    func forms() throws {
        #expect(try OneTimeToken("EU:\(token)").host.description == "keepersecurity.eu")
        #expect(try OneTimeToken(" jp:\(token)\n").host.description == "keepersecurity.jp")
        #expect(try OneTimeToken("ksm.example.com:\(token)").host.description == "ksm.example.com")
        #expect(try OneTimeToken("127.0.0.1:8443:\(token)").host.description == "127.0.0.1:8443")
        #expect(try OneTimeToken(token, hostname: "CA").host.description == "keepersecurity.ca")
        #expect(try OneTimeToken("US:\(token)", hostname: "localhost:1").host.description == "localhost:1")
        #expect(
            try OneTimeToken("US:\(token)").clientID()
                == "rgzDTRYkUdT0aKC+oanFBX7ganjkL9lqMDj3ZTkeFrJfB4MWmlfiJ8EdCJFJhcsa63wgfbmgVWXjRLzzUoWjWA==")
        let key = Base64.encode(SecretBytes(try PrivateKey.generate().publicKey.point), alphabet: .urlSafe)
        let isolated = try OneTimeToken("IL5:\(token):77:\(key)")
        #expect(isolated.host.description == "il5.keepersecurity.us")
        #expect(isolated.serverKeyID == "77" && isolated.serverKey != nil)
        let given = try OneTimeToken("US:\(token)", serverKeyID: "78", serverKey: key)
        #expect(given.serverKeyID == "78" && given.serverKey != nil)
    }

    @Test("a malformed token is refused without quoting it")
    func malformed() throws {
        for text in [
            "", token, "US:", "US:AAAA", "US:*", "US:\(token):7", "US:a:b:c:d:e:f", "IL5:\(token)::",
            "IL5:\(token):77:AAAA", "US\n:\(token):",
        ] {
            let error = try #require(throws: ConfigurationError.self, "\(text)") { try OneTimeToken(text) }
            #expect(!error.message.contains(token) && error.exitCode == .configuration)
        }
        #expect(throws: ConfigurationError.unknownServerKey(id: "77")) {
            try OneTimeToken("US:\(token)", serverKeyID: "77")
        }
    }
}
