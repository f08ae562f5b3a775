import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("reload-url")
struct ReloadTests {
    private let laboratory: Laboratory
    private let app: BackgroundProcess
    private let port: UInt16

    init() throws {
        laboratory = try Laboratory()
        port = try LoopbackClient.freePort()
        app = try BackgroundProcess(Peers.python, ["-u", Peers.script("reload_app.py"), "\(port)"])
    }

    private func sidecar(port: UInt16, interval: String = "100ms") async throws -> BackgroundProcess {
        #expect(try await eventually { app.output.contains("ready") }, "\(app.errors)")
        let plan = try laboratory.plan(
            [
                "secret-pw=Web shop login[password]:/keeper/secrets/pw",
                "reload-url=http://127.0.0.1:\(port)/reload",
            ])
        try #require(laboratory.runAgent("init", plan: plan).status == 0)
        let process = try laboratory.startAgent(
            "sidecar", plan: plan, more: ["--refresh-interval", interval])
        #expect(try await eventually { process.errors.contains("published already") }, "\(process.errors)")
        return process
    }

    private func set(_ password: String) throws {
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: password)
        }
    }

    private func refreshes(_ count: Int) async throws {
        let before = laboratory.emulator.counters.getSecret
        #expect(try await eventually { laboratory.emulator.counters.getSecret >= before + count })
    }

    private var posts: [Substring] { app.output.split(separator: "\n").filter { $0.hasPrefix("POST") } }

    @Test("is posted to once for each change, and not for anything else")
    func once() async throws {
        let process = try await sidecar(port: port)
        try await refreshes(3)
        #expect(posts.isEmpty)
        for number in 1...3 {
            try set("password \(number)")
            #expect(try await eventually { posts.count == number }, "\(process.errors)")
            try await refreshes(3)
            #expect(posts.count == number)
        }
        #expect(posts.allSatisfy { $0 == "POST /reload 0" }, "\(posts)")
        #expect(process.errors.contains("told the app of the change"))
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("is told of changes that come fast together")
    func coalesced() async throws {
        let process = try await sidecar(port: port, interval: "50ms")
        for number in 1...20 {
            try set("password \(number)")
            try await refreshes(2)
        }
        #expect(try await eventually { laboratory.text("/keeper/secrets/pw") == "password 20" })
        let published = process.errors.components(separatedBy: "\"published\"").count - 1
        #expect(published >= 20)
        // The last change is told of, too, a second after the one before at the latest.
        try await Task.sleep(for: .milliseconds(1500))
        #expect(posts.count >= 2 && posts.count < published / 2, "\(posts.count) of \(published)")
    }

    @Test("that fails never stops rotation, and is said with the reason", arguments: [true, false])
    func failing(answers: Bool) async throws {
        // An app that answers 500, and none at all.
        let process = try await sidecar(port: answers ? port : try LoopbackClient.freePort())
        if answers { try Data().write(to: URL(fileURLWithPath: "/tmp/keeper-reload-\(port)")) }
        defer { try? FileManager.default.removeItem(atPath: "/tmp/keeper-reload-\(port)") }
        for number in 1...2 {
            try set("password \(number)")
            #expect(
                try await eventually { laboratory.text("/keeper/secrets/pw") == "password \(number)" },
                "\(process.errors)")
        }
        #expect(
            try await eventually { process.errors.contains("the app could not be told of the change") },
            "\(process.errors)")
        #expect(process.errors.contains(answers ? "HTTP 500" : "127.0.0.1"), "\(process.errors)")
        process.signal(SIGTERM)
        #expect(try await process.wait(limit: .seconds(5)) == 0)
    }
}
