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
}
