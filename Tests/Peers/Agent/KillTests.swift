import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("keeper-injector run, killed")
struct KillTests {
    private static let annotations = [
        "secret-crt=Web shop login[login]:/app/tls/tls.crt",
        "secret-key=Web shop login[password]:/app/tls/tls.key",
        "secret-note=Recovery codes[note]:/keeper/secrets/note",
    ]

    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    /// Certificate and key change together.
    private func rotate(to number: Int) throws {
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("login", of: "Web shop login", to: "pair \(number)")
            try vault.set("password", of: "Web shop login", to: "pair \(number)")
        }
    }

    @Test("by kill -9 at any moment of any refresh leaves one whole pair, and the next start puts all right")
    func killed() async throws {
        var random = SeededRandom(seed: 9)
        var number = 0
        var cut = 0
        for round in 1...30 {
            let process = try laboratory.start(KillTests.annotations)
            // It has begun, so that the kill meets a refresh and not the loading of libraries.
            let calls = laboratory.emulator.counters.getSecret
            #expect(
                try await eventually { laboratory.emulator.counters.getSecret > calls }, "\(process.errors)")
            let end = ContinuousClock.now + .microseconds(Int.random(in: 0...250_000, using: &random))
            while ContinuousClock.now < end {
                number += 1
                try rotate(to: number)
                try await Task.sleep(for: .milliseconds(3))
            }
            process.signal(SIGKILL)
            #expect(try await process.wait() == 128 + SIGKILL)

            // As a careful reader has it: both through one `..data`.
            let pair = ["crt", "key"].map { laboratory.text("/app/tls/..data/tls.\($0)") }
            #expect(pair[0] == pair[1], "round \(round)")
            if pair[0] != nil { #expect(pair[0]?.isEmpty == false) }
            let tidy = ["..GENERATION", "..data", "tls.crt", "tls.key"]
            if (try? DiskTree.names(laboratory.path("/app/tls"))) != tidy { cut += 1 }

            let result = try laboratory.runOnce(KillTests.annotations)
            #expect(result.status == 0, "round \(round): \(result.errors)")
            let current = try laboratory.emulator.vault.record("Web shop login").fields.first {
                $0.type == "login"
            }
            let expected = try #require(current?.value.first?.string)
            #expect(laboratory.text("/app/tls/tls.crt") == expected)
            #expect(laboratory.text("/app/tls/tls.key") == expected)
            #expect(laboratory.text("/keeper/secrets/note")?.hasPrefix("1111-2222") == true)
            #expect(try DiskTree.names(laboratory.path("/app/tls")) == tidy, "round \(round)")
            #expect(
                try DiskTree.names(laboratory.path("/keeper/secrets")) == ["..GENERATION", "..data", "note"])
            #expect(try DiskTree.names(laboratory.root) == ["app", "keeper"])
        }
        print("killed 30 times, in \(cut) of them with work for the next start, after \(number) changes")
    }
}
