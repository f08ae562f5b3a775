import Foundation
import TestSupport
import Testing

@Suite("keeper-injector inject and explain")
struct InjectTests {
    private func tool(_ arguments: String..., input: String = "") throws -> CommandResult {
        try run(Checkout.product("keeper-injector"), arguments, input: input)
    }

    @Test("the example is injected, its other documents untouched; a second time changes nothing")
    func workloads() throws {
        let path = Checkout.root + "/examples/workloads.yaml"
        let source = try String(contentsOfFile: path, encoding: .utf8)
        let once = try tool("inject", "-f", path)
        #expect(once.status == 0, "\(once.errors)")
        let before = source.components(separatedBy: "\n---\n")
        let after = once.output.components(separatedBy: "\n---\n")
        try #require(before.count == after.count)
        for (index, pair) in zip(before, after).enumerated() {
            #expect((pair.0 == pair.1) == [0, 3].contains(index), "document \(index)")
        }
        #expect(once.output.contains("# reads the file at each connection"))
        #expect(once.output.components(separatedBy: "name: keeper-secrets-init").count == 5)
        #expect(try tool("inject", "-f", "-", input: once.output).output == once.output)
        let explained = try tool("explain", "-f", path, "--output", "json")
        #expect(explained.status == 0, "\(explained.errors)")
        let pods = try JSONSerialization.jsonObject(with: Data(explained.output.utf8)) as? [[String: Any]]
        #expect(pods?.map { $0["result"] as? String }.filter { $0 == "injected" }.count == 4)
    }

    @Test("a pod that would be denied ends with 3 and prints nothing")
    func denied() throws {
        let pod = """
            {"kind": "Pod", "metadata": {"name": "a", "annotations": {"keeper.security/inject": "yes"}},
            "spec": {"containers": [{"name": "a", "image": "a"}]}}
            """
        let result = try tool("inject", "-f", "-", input: pod)
        #expect(result.status == 3)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("Pod a"))
        #expect(try tool("inject", "-f", "-", "--secrets-group", "0", input: pod).status == 2)
    }

    @Test("every workload kind comes out valid for Kubernetes 1.29 and 1.36")
    func valid() throws {
        let result = try run(
            try Peers.python,
            [Peers.script("inject_validate.py"), Checkout.product("keeper-injector")])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output == "48 objects are valid\n")
    }

    @Test("a policy file says what flags say, and its mistakes are named with their place")
    func policyFile() throws {
        let scratch = try TemporaryDirectory()
        let file = scratch.file("policy.yaml")
        try "agent-image: example.com/from-file:1\ndefault-refresh-interval: 7m\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        let manifest = Checkout.root + "/examples/workloads.yaml"
        let fromFile = try tool("inject", "-f", manifest, "--config", file)
        #expect(fromFile.status == 0, "\(fromFile.errors)")
        let fromFlags = try tool(
            "inject", "-f", manifest, "--agent-image", "example.com/from-file:1",
            "--default-refresh-interval", "7m")
        #expect(fromFile.output == fromFlags.output)
        #expect(fromFile.output.contains("example.com/from-file:1"))
        // A flag wins over the file.
        let both = try tool("inject", "-f", manifest, "--config", file, "--agent-image", "example.com/flag:2")
        #expect(!both.output.contains("from-file"))

        try "agent-image: x\nfuse-namespace: a\ndefault-backend: disk\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        let wrong = try tool("inject", "-f", manifest, "--config", file)
        #expect(wrong.status == 3)
        for words in ["fuse-namespace: is no setting", "fuse-namespaces", "disk"] {
            #expect(wrong.errors.contains(words), "\(wrong.errors)")
        }
    }

    @Test("annotations alone are explained and planned, as is a pod with its security context")
    func alone() throws {
        let annotations = ["--annotation", "ksm-config=k", "--annotation", "secret=db"]
        let explained = try run(Checkout.product("keeper-injector"), ["explain"] + annotations)
        #expect(explained.status == 0, "\(explained.errors)")
        #expect(explained.output.contains("/keeper/secrets/db.json"))
        #expect(try run(Checkout.product("keeper-injector"), ["plan"] + annotations).status == 0)

        let pod = """
            kind: Pod
            metadata:
              name: a
              annotations: {keeper.security/inject: "true", keeper.security/ksm-config: k, keeper.security/secret: d}
            spec:
              securityContext: {runAsUser: 4242}
              containers: [{name: a, image: a}]
            """
        let plan = try tool("plan", "-f", "-", input: pod)
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains("4242"))
    }
}
