import Foundation
import TestSupport
import Testing

/// The FUSE backend on the real kernel: a holder, servers that are killed, readers in other processes.
/// What each does is in `fuse_checks.py` and `fuse_programs.py`.
@Suite("FUSE")
struct FuseTests {
    @Test(
        "what readers see",
        arguments: [
            "rotation", "handles", "owners", "kills", "grace", "holders", "ends", "memory", "audit", "direct",
            "strangers", "syscalls",
        ])
    func readers(_ check: String) throws { try play("fuse_checks.py", check) }

    @Test("programs of others", arguments: ["tools", "watchers", "certificates", "readonly", "laptop"])
    func programs(_ check: String) throws { try play("fuse_programs.py", check) }

    private func play(_ script: String, _ check: String) throws {
        let executables = URL(fileURLWithPath: Checkout.product("fuse-probe")).deletingLastPathComponent()
            .path
        var environment = ProcessInfo.processInfo.environment
        environment["KEEPER_EXECUTABLES"] = executables
        let result = try run(Peers.python, [Peers.script(script), check], environment: environment)
        if result.status == 77 {
            print("NOT RUN: \(check): \(result.output)")
            try Test.cancel("NOT RUN: \(result.output)")
        }
        #expect(result.status == 0, "\(check): \(result.output)\(result.errors)")
    }
}
