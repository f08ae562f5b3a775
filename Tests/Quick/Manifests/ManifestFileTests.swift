import Foundation
import Manifests
import TestSupport
import Testing

@Suite("Manifests patched in place")
struct ManifestFileTests {
    private func patched(_ text: String, _ patch: String) throws -> PatchedManifest {
        let file = try ManifestFile(text, source: "test")
        return try file.applying(file.pods.map { PodPatch(pod: $0, json: Array(patch.utf8)) })
    }

    private let patch = """
        [{"op":"add","path":"/metadata/annotations/keeper.security~1injected","value":"true"},\
        {"op":"add","path":"/spec/initContainers","value":[{"name":"k","args":["{\\"a\\":1}"]}]},\
        {"op":"add","path":"/spec/containers/0/volumeMounts","value":[]},\
        {"op":"add","path":"/spec/containers/0/volumeMounts/-","value":{"name":"v","readOnly":true}}]
        """

    @Test("a changed document keeps comments, its neighbours every byte", arguments: ["\n", "\r\n"])
    func inPlace(lineBreak: String) throws {
        let lines = [
            "# first", "kind: ConfigMap", "data:", "  a: |", "    text", "    # no comment", "---",
            "kind: Pod # mine", "metadata:", "  annotations:", "    a: \"b\" # why", "spec:", "  containers:",
            "  - name: app  # the app", "    image: x", "# end", "",
        ]
        let result = try patched(lines.joined(separator: lineBreak), patch)
        #expect(result.notes == [])
        let expected = [
            "# first", "kind: ConfigMap", "data:", "  a: |", "    text", "    # no comment", "---",
            "kind: Pod # mine", "metadata:", "  annotations:", "    a: \"b\" # why",
            "    keeper.security/injected: \"true\"", "spec:", "  containers:",
            "  - name: app  # the app", "    image: x",
            "    volumeMounts: [{\"name\": \"v\", \"readOnly\": true}]",
            "  initContainers:", "  - name: k", "    args:", "    - '{\"a\":1}'", "# end", "",
        ]
        #expect(result.text == expected.joined(separator: lineBreak))
    }

    @Test("the example's workloads are patched in place")
    func example() throws {
        let text = try String(contentsOfFile: Checkout.root + "/examples/workloads.yaml", encoding: .utf8)
        let patch = """
            [{"op":"add","path":"/spec/initContainers","value":[{"name":"k"}]},\
            {"op":"add","path":"/spec/initContainers/0","value":{"name":"first"}},\
            {"op":"add","path":"/spec/containers/0/env","value":[{"name":"v","value":"1"}]}]
            """
        let result = try patched(text, patch)
        #expect(result.notes == [])
        let lines = Set(result.text.split(separator: "\n"))
        #expect(text.split(separator: "\n").allSatisfy(lines.contains))
    }

    @Test("a document that cannot be edited is written anew, and said so")
    func anew() throws {
        let text =
            "kind: Pod\nmetadata: {annotations: &a {x: \"yes\"}, labels: *a}\nspec: {containers: [{name: c, mode: 0644}]}\n"
        let result = try patched(text, patch)
        #expect(result.notes.count == 1)
        #expect(result.text.contains("x: \"yes\""))
        #expect(result.text.contains("mode: 0644"))
        let again = try ManifestFile(result.text, source: "again")
        #expect(String(decoding: try #require(again.pods.first).json, as: UTF8.self).contains("\"mode\":420"))
    }

    @Test(
        "scalars are what Kubernetes reads",
        arguments: [
            ("yes", "true"), ("0644", "420"), ("1.5", "1.5"), ("1.0", "1"), ("~", "null"), ("0x1f", "31"),
            ("2001-01-01", "\"2001-01-01\""), ("\"5\"", "\"5\""), ("1e3", "1000"), ("v1", "\"v1\""),
            ("-7", "-7"), ("1.2.3", "\"1.2.3\""), ("!!str 5", "\"5\""), ("12:30:45", "\"12:30:45\""),
        ])
    func scalars(text: String, json: String) throws {
        let file = try ManifestFile("kind: Pod\nspec: \(text)\n", source: "test")
        let pod = try #require(file.pods.first)
        #expect(String(decoding: pod.json, as: UTF8.self) == "{\"kind\":\"Pod\",\"spec\":\(json)}")
    }

    @Test("an alias bomb is refused")
    func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...7 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(throws: ManifestError.self) { try ManifestFile(text, source: "bomb") }
    }
}
