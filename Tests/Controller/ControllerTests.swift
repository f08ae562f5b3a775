import Foundation
import TestSupport
import Testing

/// The real executable against a stand-in of the Kubernetes API and an emulated Keeper. What each check does is
/// in `controller_checks.py`.
@Suite("Controller")
struct ControllerTests {
    @Test(
        "Kubernetes Secrets",
        arguments: [
            "records", "modes", "rotation", "owners", "remote", "silence", "trouble", "splitbrain", "rbac",
            "scale",
        ])
    func check(_ name: String) throws {
        let executables = URL(fileURLWithPath: Checkout.product("keeper-emulator"))
            .deletingLastPathComponent()
            .path
        var environment = ProcessInfo.processInfo.environment
        environment["KEEPER_EXECUTABLES"] = executables
        let result = try run(
            Peers.python, [Peers.script("controller_checks.py"), name], environment: environment)
        if result.status == 0 { print(result.output, terminator: "") }
        #expect(result.status == 0, "\(name): \(result.output)\(result.errors)")
    }
}
