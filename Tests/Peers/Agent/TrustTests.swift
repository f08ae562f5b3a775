import Foundation
import TestSupport
import Testing

@Suite("Certificate authorities")
struct TrustTests {
    @Test("--ca-cert adds to the system's authorities and replaces none of them")
    func extraBesideSystem() throws {
        let laboratory = try Laboratory()
        let other = try Laboratory()
        let arguments = [
            "run", "--once", "--root", laboratory.root, "--annotation", "secret=Web shop login",
            "--ksm-config",
            laboratory.configuration, "--ca-cert",
        ]
        var environment = ProcessInfo.processInfo.environment
        // Now the emulator's authority is the system's, and the extra file is a stranger's.
        environment["SSL_CERT_FILE"] = laboratory.ca
        let tool = Checkout.product("keeper-injector")
        let result = try run(tool, arguments + [other.ca], environment: environment)
        #expect(result.status == 0, "\(result.errors)")

        environment["SSL_CERT_FILE"] = other.ca
        #expect(try run(tool, arguments + [other.ca], environment: environment).status == 5)
        #expect(try run(tool, arguments + [laboratory.ca], environment: environment).status == 0)
    }
}
