import Foundation

/// A process that runs beside the test; ended with the last reference.
public final class BackgroundProcess: @unchecked Sendable {
    // Sendable: `Process` is touched by the test that owns it, one call after another.
    private let process = Process()
    private let scratch: TemporaryDirectory

    /// Starts it; standard input is empty.
    public init(_ executable: String, _ arguments: [String], environment: [String: String]? = nil) throws {
        scratch = try TemporaryDirectory()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        if let environment { process.environment = forSanitizer(environment) }
        for name in ["out", "err"] {
            try Data().write(to: URL(fileURLWithPath: scratch.file(name)))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: scratch.file("out"))
        process.standardError = FileHandle(forWritingAtPath: scratch.file("err"))
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Its process id.
    public var pid: Int32 { process.processIdentifier }
    /// Whether it has not ended yet.
    public var isRunning: Bool { process.isRunning }
    /// What it printed so far.
    public var output: String { text("out") }
    /// What it wrote to stderr so far.
    public var errors: String { text("err") }

    /// Sends a signal.
    public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end.
    /// - Returns: the exit code, or 128 + the signal that ended it; `nil` when it still runs after `limit`.
    public func wait(limit: Duration = .seconds(30)) async throws -> Int32? {
        guard try await eventually(within: limit, { !self.process.isRunning }) else { return nil }
        return process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: scratch.file(name), encoding: .utf8)) ?? ""
    }
}

/// Waits until a condition holds; the limit is generous, since machines are slow and a test is no clock.
/// - Returns: whether it came to hold.
public func eventually(
    within limit: Duration = .seconds(30), _ condition: () throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return try condition()
}
