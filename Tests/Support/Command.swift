import Foundation

/// A finished process: how it ended and what it printed.
public struct CommandResult: Sendable {
    /// The exit code, or 128 + the signal that ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
}

/// What is said to a sanitizer (`bench/sanitize`) goes to every process.
func forSanitizer(_ environment: [String: String]) -> [String: String] {
    let name = "ASAN_OPTIONS"
    guard let options = ProcessInfo.processInfo.environment[name] else { return environment }
    return environment.merging([name: options]) { mine, _ in mine }
}

/// Runs an executable to its end.
///
/// - Parameters:
///   - executable: an absolute path, or a name that is looked up in `PATH`.
///   - environment: replaces the test's own when given.
public func run(
    _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    input: String = "", directory: String? = nil
) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable.hasPrefix("/") ? executable : "/usr/bin/env")
    process.arguments = executable.hasPrefix("/") ? arguments : [executable] + arguments
    if let environment { process.environment = forSanitizer(environment) }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }

    // Files, not pipes: a chatty process cannot block, and nothing has to be read concurrently.
    let scratch = try TemporaryDirectory()
    for name in ["in", "out", "err"] {
        let text = name == "in" ? input : ""
        try text.write(toFile: scratch.file(name), atomically: false, encoding: .utf8)
    }
    process.standardInput = FileHandle(forReadingAtPath: scratch.file("in"))
    process.standardOutput = FileHandle(forWritingAtPath: scratch.file("out"))
    process.standardError = FileHandle(forWritingAtPath: scratch.file("err"))
    try process.run()
    process.waitUntilExit()
    let signalled = process.terminationReason == .uncaughtSignal
    return CommandResult(
        status: signalled ? 128 + process.terminationStatus : process.terminationStatus,
        output: String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: scratch.file("out"))), as: UTF8.self),
        errors: String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: scratch.file("err"))), as: UTF8.self)
    )
}

/// Paths of this checkout and of what was built from it.
public enum Checkout {
    /// The folder of `Package.swift`.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// A file of `Tests/Fixtures`.
    public static func fixture(_ name: String) -> String { root + "/Tests/Fixtures/" + name }

    /// An executable of the package, built by `swift build` in the same configuration as the tests.
    public static func product(_ name: String) -> String {
        // The test bundle lies beside the executables: .build/<triple>/debug/…PackageTests.xctest
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/" + name
    }
}
