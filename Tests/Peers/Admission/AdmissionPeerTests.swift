import TestSupport
import Testing

/// The admission seen from outside: Python's JSON Patch, Kubernetes' own schemas, hostile input. Each
/// script asks `admission-probe`, which holds the webhook's code without its HTTP.
@Suite("Admission, asked by peers")
struct AdmissionPeerTests {
    private static let fixtures = Checkout.fixture("admission")

    private func ask(_ script: String, _ arguments: String...) throws -> CommandResult {
        try run(Peers.python, [Peers.script(script), Checkout.product("admission-probe")] + arguments)
    }

    @Test("answers the 36 recorded reviews as the golden files say, with pods that are valid and restricted")
    func recorded() throws {
        let result = try ask("admission_reviews.py", Self.fixtures)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("patches 10,000 random pods once, the same way each time, and leaves the user's part alone")
    func random() throws {
        let result = try ask("admission_property.py", "10000", "4")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("does so for clusters without native sidecars too")
    func randomOnOldClusters() throws {
        let result = try ask("admission_property.py", "2000", "5", "--native-sidecars", "false")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test("survives 20 seconds of hostile reviews without a crash, a hang or growth")
    func hostile() throws {
        let result = try ask("admission_fuzz.py", Self.fixtures, "20", "4")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
