import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// Each mistake has its own message and exit code, and leaves earlier files as they were.
@Suite("Bad input to keeper-injector run")
struct BadInputTests {
    private let laboratory: Laboratory
    private let before: [String: Data]

    init() throws {
        laboratory = try Laboratory()
        let result = try laboratory.runOnce(["secret=Web shop login"])
        try #require(result.status == 0, "\(result.errors)")
        before = try laboratory.tree()
        try #require(!before.isEmpty)
    }

    private func expect(
        _ result: CommandResult, status: Int32, _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation)
        }
        #expect(try laboratory.tree() == before, sourceLocation: sourceLocation)
    }

    private func runWith(configuration text: String) throws -> CommandResult {
        let path = laboratory.scratch.file("other.json")
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return try laboratory.runOnce(
            ["secret=Web shop login"], connection: ["--ksm-config", path, "--ca-cert", laboratory.ca])
    }

    private func configuration(_ change: (inout [String: Any]) -> Void) throws -> String {
        var object = try #require(
            JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: laboratory.configuration)))
                as? [String: Any])
        change(&object)
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    @Test("a configuration file that does not exist")
    func missingFile() throws {
        let result = try laboratory.runOnce(
            ["secret=Web shop login"], connection: ["--ksm-config", "/nowhere/keeper.json"])
        try expect(result, status: 3, "/nowhere/keeper.json", "No such file", "bind")
    }

    @Test("no configuration at all")
    func noConfiguration() throws {
        let result = try laboratory.runOnce(["secret=Web shop login"], connection: [])
        try expect(result, status: 3, "KSM_CONFIG")
    }

    @Test("a configuration that is no JSON")
    func noJSON() throws {
        try expect(try runWith(configuration: "{ nonsense"), status: 3, "JSON")
        try expect(try runWith(configuration: ""), status: 3, "empty")
    }

    @Test("each key that is missing", arguments: ["hostname", "clientId", "privateKey", "appKey"])
    func missingKey(key: String) throws {
        try expect(try runWith(configuration: configuration { $0[key] = nil }), status: 3, key)
    }

    @Test(
        "each key that is malformed",
        arguments: [
            ("hostname", "bad host!"), ("clientId", "*"), ("privateKey", "AAAA"), ("appKey", "AAAA"),
            ("serverPublicKey", "AAAA"), ("serverPublicKeyId", "x"),
        ])
    func malformedKey(key: String, value: String) throws {
        let text = try configuration { $0[key] = value }
        try expect(try runWith(configuration: text), status: 3, key)
    }

    @Test("a host where nobody listens")
    func unreachable() throws {
        laboratory.emulator.stop()
        try expect(try laboratory.runOnce(["secret=Web shop login"]), status: 5, "127.0.0.1")
    }

    @Test("a host that does not exist")
    func unknownHost() throws {
        let text = try configuration { $0["hostname"] = "keeper.invalid" }
        try expect(try runWith(configuration: text), status: 5, "keeper.invalid")
    }

    @Test("a certificate of an unknown authority")
    func wrongAuthority() throws {
        let result = try laboratory.runOnce(
            ["secret=Web shop login"], connection: ["--ksm-config", laboratory.configuration])
        try expect(result, status: 5, "certificate", "--ca-cert")
        #expect(laboratory.emulator.counters.getSecret == 1)
    }

    @Test("a CA file that is missing or no certificate")
    func wrongCAFile() throws {
        for path in ["/nowhere/ca.pem", laboratory.configuration] {
            let result = try laboratory.runOnce(
                ["secret=Web shop login"],
                connection: ["--ksm-config", laboratory.configuration, "--ca-cert", path])
            try expect(result, status: 3, path)
        }
    }

    @Test("a revoked client is refused, and Keeper is not hammered")
    func revoked() throws {
        let object = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: laboratory.configuration)))
        let client = try #require((object as? [String: Any])?["clientId"] as? String)
        #expect(laboratory.emulator.revoke(client))
        let calls = laboratory.emulator.counters.getSecret
        try expect(try laboratory.runOnce(["secret=Web shop login"]), status: 4, "access_denied")
        #expect(laboratory.emulator.counters.getSecret == calls + 1)
    }

    @Test("an unknown record, with the nearest titles")
    func unknownRecord() throws {
        try expect(
            try laboratory.runOnce(["secret=Web shop logn"]), status: 6, "Web shop logn", "Web shop login")
    }

    @Test("an unknown field, with the nearest names")
    func unknownField() throws {
        try expect(
            try laboratory.runOnce(["secret-a=Web shop login[pasword]:/a/b"]), status: 6, "pasword",
            "password")
    }

    @Test("an ambiguous title is an error under strict-lookup and a warning otherwise")
    func ambiguous() throws {
        let strict = try laboratory.runOnce(["secret=Staging login", "strict-lookup=true"])
        try expect(strict, status: 1, "Staging login", "StagingLoginA000000001", "StagingLoginB000000001")
        let lax = try laboratory.runOnce(["secret=Staging login"])
        #expect(lax.status == 0)
        #expect(lax.errors.contains("StagingLoginB000000001"))
    }

    @Test("every mistake in the annotations at once")
    func annotations() throws {
        let result = try laboratory.runOnce([
            "secret-a=Web shop login:/etc", "refresh-interval=5 minutes", "init-only=yes", "secert=x",
        ])
        try expect(result, status: 3, "secret-a", "refresh-interval", "init-only")
    }

    @Test("a directory that is not there and cannot be made")
    func noDirectory() throws {
        let result = try run(
            Checkout.product("keeper-injector"),
            ["run", "--once", "--root", "/proc/nowhere", "--annotation", "secret=Web shop login"]
                + laboratory.connection)
        #expect(result.status == 1)
        #expect(result.errors.contains("/proc/nowhere"))
    }

    @Test(
        "wrong usage",
        arguments: [["run"], ["run", "--root", "x"], ["nonsense"], ["list", "--output", "xml"]])
    func usage(arguments: [String]) throws {
        let result = try run(Checkout.product("keeper-injector"), arguments)
        #expect(result.status == 2, "\(result.errors)")
    }

    @Test("help and version are no failures", arguments: ["--help", "--version", "run --help"])
    func help(arguments: String) throws {
        for product in ["keeper-injector", "keeper-injector-agent"]
        where product.count < 16 || !arguments.contains("run") {
            let result = try run(Checkout.product(product), arguments.split(separator: " ").map(String.init))
            #expect(result.status == 0)
            #expect(!result.output.isEmpty)
            #expect(result.errors.isEmpty)
        }
    }
}
