import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("Refreshes without a change")
struct QuietTests {
    private static let annotations =
        [
            "secrets=" + (1...50).map { "Record \($0)" }.joined(separator: ", "),
            "config=secrets: [{record: Record 7, path: /app/random, template: '{{ randAlphaNum 40 }} {{ now }}'}]",
        ]

    @Test("a thousand of them change no inode, no time, no generation", arguments: ["tmpfs", "fuse"])
    func thousand(backend: String) async throws {
        guard backend == "tmpfs" || geteuid() == 0 else { return }
        let laboratory = try Laboratory(.generated(records: 50))
        let plan = try laboratory.plan(Self.annotations + ["backend=\(backend)"])
        let process = try laboratory.startAgent("sidecar", plan: plan, more: ["--refresh-interval", "50ms"])
        #expect(try await eventually { laboratory.text("/app/random") != nil }, "\(process.errors)")
        // The generation that the first one replaced may still wait to be wiped.
        try await Task.sleep(for: .seconds(1))
        let trees = ["/keeper/secrets", "/app"].map { laboratory.path($0) }
        let before = try trees.map(DiskTree.snapshot)
        let start = laboratory.emulator.counters.getSecret
        #expect(
            try await eventually(within: .seconds(240)) {
                laboratory.emulator.counters.getSecret >= start + 1000
            }, "\(process.errors)")
        #expect(try trees.map(DiskTree.snapshot) == before)
        #expect(process.errors.components(separatedBy: "\"published\"").count == 2, "\(process.errors)")
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }
}
