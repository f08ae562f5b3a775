import Foundation
import Testing
import TestSupport

/// kill -9 at each system call of a publish that changes something. Between two of them the disk stands
/// still, so these are all the states a killed process can leave.
@Suite("A publisher that is killed")
struct TmpfsKillTests {
    private static let changing = [
        "fchmod", "fchown", "mkdirat", "openat", "pwrite64", "renameat", "renameat2", "symlinkat", "unlinkat",
        "write",
    ]
    /// Without it, sets are written in another order by each process.
    private static let environment = ProcessInfo.processInfo.environment.merging(
        ["SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }

    /// One system call of a run: strace counts them by name.
    private struct Moment: CustomStringConvertible {
        let call: String
        let ordinal: Int
        var description: String { "\(call) \(ordinal)" }
    }

    /// - Parameter earlier: what is published before; `nil`: nothing.
    @Test(
        "leaves complete files of one generation for each directory, and the next start puts all right",
        arguments: [nil, 1, 2])
    func killed(earlier: Int?) throws {
        let next = (earlier ?? 0) + 1
        let moments = try moments(earlier: earlier, next: next)
        try #require(moments.count > 30, "\(moments)")
        for moment in moments {
            let directory = try TemporaryDirectory(in: "/dev/shm")
            let state = ProbeState(root: directory.path)
            if let earlier { try publish(earlier, in: directory.path) }
            let killed = try run(
                "strace",
                [
                    "-f", "-qq", "-o", "/dev/null",
                    "-e", "inject=\(moment.call):signal=SIGKILL:when=\(moment.ordinal)",
                    ProbeState.executable, directory.path, "\(next)",
                ], environment: Self.environment)
            #expect(killed.status == 128 + 9, "\(moment): \(killed.errors)")

            let seen = try ProbeState.directories.map { try state.generation(in: $0) }
            #expect(seen.allSatisfy { $0 == earlier || $0 == next }, "\(moment): \(seen)")

            // The next start brings a change, or finds what it wanted to write.
            let restart = moment.ordinal.isMultiple(of: 2) ? next : next + 1
            try publish(restart, in: directory.path)
            try state.expectOnly(restart)
        }
        print("killed at \(moments.count) moments of publishing \(next) over \(earlier ?? 0)")
    }

    private func publish(_ number: Int, in directory: String) throws {
        let result = try run(
            ProbeState.executable, [directory, "\(number)"], environment: Self.environment)
        try #require(result.status == 0, "\(result.errors)")
    }

    /// The changing calls of a whole run, from the first that concerns the directory.
    private func moments(earlier: Int?, next: Int) throws -> [Moment] {
        let directory = try TemporaryDirectory(in: "/dev/shm")
        if let earlier { try publish(earlier, in: directory.path) }
        let log = directory.path + "-strace"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let traced = try run(
            "strace",
            [
                "-f", "-qq", "-o", log, "-e", "trace=" + Self.changing.joined(separator: ","),
                ProbeState.executable, directory.path, "\(next)",
            ], environment: Self.environment)
        try #require(traced.status == 0, "strace (Debian: strace) must be there: \(traced.errors)")
        var counts: [String: Int] = [:]
        var begun = false
        var moments: [Moment] = []
        for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
            guard let match = line.firstMatch(of: /^\d+ +(\w+)\(/) else { continue }
            let call = String(match.1)
            counts[call, default: 0] += 1
            begun = begun || line.contains("O_DIRECTORY")
            if begun, call != "openat" || line.contains("O_CREAT") {
                moments.append(Moment(call: call, ordinal: counts[call] ?? 0))
            }
        }
        return moments
    }
}
