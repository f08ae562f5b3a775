import Foundation
import Testing
import TestSupport

@Suite("Rotation on tmpfs, seen by another process")
struct TmpfsRotationTests {
    private struct Report: Decodable {
        let status, pairs, plain, generations, overslept: Int
        let failures: [String]
    }

    @Test("in 1,000 rotations no read is empty, partial, missing, or of two generations")
    func rotations() throws {
        let directory = try TemporaryDirectory(in: "/dev/shm")
        let probe = ProbeState.executable
        #expect(try run(probe, [directory.path, "1"]).status == 0)
        let result = try run(
            "python3",
            [
                Checkout.root + "/Tests/Probes/rotation_reader.py", directory.path, probe, directory.path,
                "2",
                "1001", "2000",
            ])
        try #require(result.status == 0, "\(result.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        print("rotation: \(result.output)", terminator: "")
        #expect(report.failures.isEmpty)
        #expect(report.status == 0)
        // It did watch: many reads, across many generations.
        #expect(report.pairs > 1000 && report.plain > 1000 && report.generations > 100)
        #expect(report.overslept < report.pairs / 100)
        try ProbeState(root: directory.path).expectOnly(1001)
    }
}
