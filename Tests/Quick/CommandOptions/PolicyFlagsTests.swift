import Injection
import Plan
import Testing

@testable import CommandOptions

@Suite("Policy flags")
struct PolicyFlagsTests {
    @Test("flags make a policy")
    func flags() throws {
        let policy = try PolicyFlags.parse([
            "--fuse-namespaces", "*", "--kubernetes-secret-pairs", "a:b,c:d", "--secrets-group", "7",
            "--native-sidecars", "false", "--default-proxy", "http://proxy:3128", "--default-no-proxy",
            ".local",
        ]).policy()
        #expect(policy.fuseNamespaces == .all)
        #expect(policy.kubernetesSecretPairs.map(\.secret) == ["b", "d"])
        #expect(policy.secretsGroup == 7)
        #expect(!policy.nativeSidecars)
        #expect(policy.defaults.proxy == ProxySettings(url: "http://proxy:3128", exceptions: [".local"]))
    }

    @Test(
        "wrong values are usage errors",
        arguments: [
            ("--secrets-group", "0"), ("--native-sidecars", "yes"), ("--excluded-namespaces", "Kube,b"),
            ("--fuse-namespaces", "a,*"), ("--default-tmpfs-size", "0"), ("--default-proxy", "https://p:1"),
            ("--default-refresh-interval", "5s"), ("--kubernetes-secret-pairs", "a"),
            ("--agent-image", "a b"),
            ("--default-no-proxy", "x"), ("--default-metrics-port", "70000"),
            ("--default-sidecar-cpu-limit", "1x"),
        ])
    func wrong(flag: String, value: String) throws {
        let flags = try PolicyFlags.parse([flag, value])
        let error = try #require(throws: PolicyError.self) { try flags.policy() }
        #expect(error.exitCode == .usage)
        #expect(error.message.contains(flag.dropFirst(2)))
    }
}
