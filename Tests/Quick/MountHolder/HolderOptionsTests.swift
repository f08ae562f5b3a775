import MountHolder
import Testing

@Suite("The holder's command line")
struct HolderOptionsTests {
    @Test("what the webhook writes is understood")
    func usual() throws {
        let options = try HolderOptions([
            "--secrets-path", "/keeper/secrets", "--agent-user", "65534", "--grace=5s",
        ])
        #expect(
            options
                == HolderOptions(secretsPath: "/keeper/secrets", agentUser: 65534, grace: .seconds(5)))
    }

    @Test(
        "mistakes are named",
        arguments: [
            (["--agent-user", "1"], "--secrets-path"), (["--secrets-path", "/a"], "--agent-user"),
            (["--secrets-path", "a", "--agent-user", "1"], "absolute"),
            (["--secrets-path", "/a", "--agent-user", "-1"], "--agent-user -1"),
            (["--secrets-path", "/a", "--agent-user", "4294967295"], "expected a uid"),
            (["--secrets-path", "/a", "--agent-user", "1", "--grace", "soon"], "--grace soon"),
            (["--secrets-path", "/a", "--agent-user", "1", "--grace", "0s"], "--grace 0s"),
            (["--secrets-path"], "needs a value"), (["--root", "/"], "'--root'"),
        ])
    func mistakes(_ arguments: [String], _ message: String) {
        let error = #expect(throws: HolderError.self) { try HolderOptions(arguments) }
        guard case .usage(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains(message), "\(text)")
    }
}
