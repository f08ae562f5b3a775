import Foundation
import TestSupport
import Testing

@Suite("Manifests")
struct ManifestTests {
    private static let annotations = """
        annotations: {keeper.security/inject: "true", keeper.security/ksm-config: c, keeper.security/secret: db}
        """

    private static let pod = "kind: Pod\nmetadata: {name: a, \(annotations)}\n"

    private func plan(_ manifest: String, _ arguments: [String] = ["-f", "-"]) throws -> CommandResult {
        try run(Checkout.product("keeper-injector"), ["plan"] + arguments, input: manifest)
    }

    @Test(
        "the pod template of each workload is found",
        arguments: [
            pod,
            "kind: Deployment\nmetadata: {name: a}\nspec: {template: {metadata: {\(annotations)}}}\n",
            "kind: CronJob\nspec: {jobTemplate: {spec: {template: {metadata: {\(annotations)}}}}}\n",
            "kind: List\nitems:\n- {kind: Job, spec: {template: {metadata: {\(annotations)}}}}\n",
            "kind: Service\nmetadata: {name: a}\n---\n\(pod)---\nkind: Pod\nmetadata: {name: plain}\n",
        ])
    func workloads(manifest: String) throws {
        let result = try plan(manifest)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("/keeper/secrets/db.json"))
    }

    @Test(
        "what is no manifest of one pod is explained",
        arguments: [
            ("", "holds no Pod"), ("kind: Service\n", "holds no Pod"), ("{ nonsense", "is no manifest"),
            ("kind: Pod\nmetadata: {name: a}\n---\nkind: Pod\nmetadata: {name: b}\n", "no pod in"),
            ("\(pod)---\n\(pod)", "several pods"),
            ("kind: Pod\nmetadata: {name: a, annotations: {keeper.security/inject: true}}\n", "no string"),
            (
                "kind: Pod\nmetadata: {name: a, annotations: {keeper.security/inject: \"false\"}}\n",
                "does not ask"
            ),
            ("kind: Pod\nmetadata: [1, 2]\n", "does not ask"),
        ])
    func mistakes(manifest: String, words: String) throws {
        let result = try plan(manifest)
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test("the example of the repository makes a plan")
    func example() throws {
        let result = try plan("", ["-f", Checkout.root + "/examples/pod.yaml"])
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("a manifest that cannot be read is named")
    func unreadable() throws {
        let result = try plan("", ["-f", "/nowhere/pod.yaml"])
        #expect(result.status == 3)
        #expect(result.errors.contains("/nowhere/pod.yaml"))
    }
}
