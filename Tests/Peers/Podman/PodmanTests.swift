import Foundation
import TestSupport
import Testing

/// What `inject` prints, run as containers. What podman 4.3 cannot do, and how the script says it in other
/// words, is in `podman_play.py`.
@Suite("An injected pod under podman")
struct PodmanTests {
    @Test("init writes, the app reads with its own uid, the sidecar rotates, and podman sees no value")
    func play() throws { try play("podman_play.py") }

    @Test("over FUSE: a privileged holder, a server without any right, an app; each may be killed")
    func playFUSE() throws { try play("podman_fuse.py") }

    @Test(
        "variables in images from scratch, of busybox and like Debian's: process 1, signals, exit codes, stdin"
    )
    func playLauncher() throws { try play("podman_launcher.py", StaticLauncher.path()) }

    private func play(_ script: String, _ more: String...) throws {
        let executables = URL(fileURLWithPath: Checkout.product("keeper-injector"))
            .deletingLastPathComponent().path
        let result = try run(Peers.python, [Peers.script(script), executables] + more)
        if result.status == 77 {
            print("NOT RUN: \(result.output)")
            try Test.cancel("NOT RUN: \(result.output)")
        }
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasPrefix("played: "), "\(result.output)")
    }
}
