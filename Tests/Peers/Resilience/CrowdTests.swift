import Foundation
import TestSupport
import Testing

/// Many agents, or much time: scripts that look at whole processes.
@Suite("Agents in a crowd, and for long")
struct CrowdTests {
    @Test("200 start at once with one clientId: all get through, with the calls that the model foretells")
    func fleet() throws {
        let output = try script("fleet.py", "200")
        #expect(output.contains("all ready"), "\(output)")
    }

    @Test("two minutes of changes and faults: readers see what Keeper had, and the agents do not grow")
    func soak() throws {
        let output = try script("soak.py", "120", "\(UInt32.random(in: .min ... .max))")
        #expect(output.contains("\nok "), "\(output)")
    }

    private func script(_ name: String, _ arguments: String...) throws -> String {
        let executables = URL(fileURLWithPath: Checkout.product("keeper-injector"))
            .deletingLastPathComponent()
        let result = try run(Peers.python, [Peers.script(name), executables.path] + arguments)
        // The counts belong into the log of the tests.
        print(result.output)
        if result.status == 77 { try Test.cancel("NOT RUN: \(result.output)") }
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        return result.output
    }
}
