import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// The launcher by itself, beside direct starts of the same programs.
@Suite("keeper-injector-exec")
struct LauncherTests {
    @Test("a program is what it would be without it, but for its variables")
    func transparent() throws {
        let result = try run(
            Peers.python, [Peers.script("launcher_checks.py"), Checkout.product("keeper-injector-exec")])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("so it is as images have it, fully static")
    func asInImages() throws {
        let result = try run(Peers.python, [Peers.script("launcher_checks.py"), StaticLauncher.path()])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let linked = try run("/usr/bin/ldd", [StaticLauncher.path()])
        #expect((linked.output + linked.errors).contains("not a dynamic executable"))
    }
}

/// The launcher that `scripts/launcher` builds.
enum StaticLauncher {
    static func path() throws -> String {
        let path = Checkout.root + "/.build/launcher/keeper-injector-exec"
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing() }
        return path
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "MISSING: .build/launcher/keeper-injector-exec. Run scripts/launcher, which builds it."
        }
    }
}
