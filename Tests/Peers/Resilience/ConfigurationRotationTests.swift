import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("A rotated KSM configuration")
struct ConfigurationRotationTests {
    private let laboratory: Laboratory
    private let process: BackgroundProcess
    /// As kubelet lays a Secret's volume out: `config -> ..data/config`, `..data -> ..TIME`.
    private let volume: String

    init() throws {
        laboratory = try Laboratory()
        volume = laboratory.scratch.file("auth")
        try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: volume + "/config", withDestinationPath: "..data/config")
        let text = try String(contentsOfFile: laboratory.configuration, encoding: .utf8)
        try Self.publish(text, in: volume)
        let plan = try laboratory.plan(["secret-pw=Web shop login[password]:/keeper/secrets/pw"])
        process = try BackgroundProcess(
            Checkout.product("keeper-injector-agent"),
            [
                "sidecar", "--root", laboratory.root, "--refresh-interval", "300ms", "--ksm-config",
                volume + "/config", "--ca-cert", laboratory.ca,
            ], environment: ["KEEPER_INJECTOR_CONFIG": plan])
    }

    /// As kubelet's atomic writer does it.
    private static func publish(_ text: String, in volume: String) throws {
        let name = "..\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(
            atPath: volume + "/" + name, withIntermediateDirectories: false)
        try text.write(toFile: volume + "/\(name)/config", atomically: false, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: volume + "/..data_tmp", withDestinationPath: name)
        #expect(rename(volume + "/..data_tmp", volume + "/..data") == 0)
    }

    private var password: String? { laboratory.text("/keeper/secrets/pw") }

    private func set(_ password: String) throws {
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: password)
        }
    }

    @Test(
        "is taken at the next refresh; one that cannot be used leaves the old one in force, and is said once")
    func taken() async throws {
        #expect(try await eventually { password == "hunter2-but-longer" }, "\(process.errors)")
        try Self.publish("{\"hostname\":", in: volume)
        #expect(
            try await eventually {
                process.errors.contains("the new KSM configuration cannot be used, the old one stays")
            },
            "\(process.errors)")
        try set("second")
        #expect(try await eventually { password == "second" }, "\(process.errors)")
        try Self.publish(laboratory.emulator.clientConfiguration(), in: volume)
        #expect(try await eventually { process.errors.contains("the KSM configuration has changed") })
        try set("third")
        #expect(try await eventually { password == "third" }, "\(process.errors)")
        #expect(process.errors.components(separatedBy: "cannot be used, the old one stays").count == 2)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("heals a revoked device without a restart")
    func revoked() async throws {
        #expect(try await eventually { password == "hunter2-but-longer" }, "\(process.errors)")
        let text = try Data(contentsOf: URL(fileURLWithPath: volume + "/config"))
        let client = try #require(
            (JSONSerialization.jsonObject(with: text) as? [String: Any])?["clientId"] as? String)
        #expect(laboratory.emulator.revoke(client))
        #expect(try await eventually { process.errors.contains("access_denied") }, "\(process.errors)")
        #expect(process.errors.contains("may be revoked"))
        #expect(password == "hunter2-but-longer")
        try set("second")
        try Self.publish(laboratory.emulator.clientConfiguration(), in: volume)
        #expect(try await eventually { password == "second" }, "\(process.errors)")
    }
}
