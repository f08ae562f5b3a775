import Foundation
import TestSupport
import Testing

@Suite("The executable keeper-emulator")
struct EmulatorCommandTests {
    @Test("it writes its files, says that it is ready, and ends well with SIGTERM")
    func lifecycle() throws {
        let scratch = try TemporaryDirectory()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Checkout.product("keeper-emulator"))
        process.arguments = [
            "--generate", "3", "--config-out", scratch.file("config"), "--ca-out", scratch.file("ca"),
            "--token-out", scratch.file("token"), "--fault", "reset*1",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.wholeMatch(of: /keeper-emulator ready port=\d+ page=\d+\n/) != nil, "\(line)")
        for name in ["config", "token"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        #expect(try String(contentsOfFile: scratch.file("ca"), encoding: .utf8).hasPrefix("-----BEGIN"))
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }

    @Test(
        "wrong usage is told and ends otherwise than well",
        arguments: [["--fault", "nonsense"], ["--vault", "x", "--generate", "1"], ["--generate", "0"]])
    func usage(arguments: [String]) throws {
        let result = try run(Checkout.product("keeper-emulator"), arguments)
        #expect(result.status != 0 && result.errors.contains("Error:"))
    }

    @Test("a vault file is read; the printed sample is one")
    func sample() throws {
        let scratch = try TemporaryDirectory()
        let sample = try run(Checkout.product("keeper-emulator"), ["--print-sample"])
        try sample.output.write(toFile: scratch.file("vault.yaml"), atomically: true, encoding: .utf8)
        #expect(sample.output.contains("application: Sample shop"))
        try "records: [{titel: x}]".write(toFile: scratch.file("bad.yaml"), atomically: true, encoding: .utf8)
        let bad = try run(Checkout.product("keeper-emulator"), ["--vault", scratch.file("bad.yaml")])
        #expect(bad.status != 0 && bad.errors.contains("unknown key 'titel'"))
    }
}
