import Foundation
import Injection
import Manifests
import Plan
import TestSupport
import Testing

/// What becomes of commands, and what the author of a pod is told (contract, section 6).
@Suite("Environment variables in a pod")
struct EnvironmentInjectionTests {
    private func decide(_ containers: String, _ more: [String: String] = [:]) throws -> Decision {
        let annotations = [
            "inject": "true", "ksm-config": "k", "secret": "db", "inject-env-vars": "true",
        ].merging(more) { $1 }
        let pod: [String: Any] = [
            "metadata": [
                "annotations": Dictionary(
                    uniqueKeysWithValues: annotations.map { ("keeper.security/" + $0, $1) })
            ],
            "spec": try JSONSerialization.jsonObject(with: Data(#"{"containers":\#(containers)}"#.utf8)),
        ]
        let text = try JSONSerialization.data(
            withJSONObject: pod, options: [.sortedKeys, .withoutEscapingSlashes])
        return try text.withUnsafeBytes {
            try Injector(policy: InjectionPolicy(version: "1")).decide(pod: $0, namespace: "app")
        }
    }

    private func operations(_ decision: Decision) throws -> [[String: Any]] {
        guard case .patched(let patch, _) = decision.outcome else {
            Issue.record("not patched: \(decision)")
            return []
        }
        return try #require(JSONSerialization.jsonObject(with: Data(patch)) as? [[String: Any]])
    }

    private func warnings(_ container: String, _ more: [String: String] = [:]) throws -> [String] {
        try decide("[\(container)]", more).warnings.filter { !$0.contains("supplemental group") }
    }

    @Test("the command becomes launcher, file and command; args and everything else stay")
    func command() throws {
        let decision = try decide(
            #"[{"name":"app","command":["/bin/sh","-c","echo \"$X\" \u00fc\t"],"args":["$(A)","--","x"],"env":[{"name":"A","value":"1"}]}]"#
        )
        let replaced = try operations(decision).filter { $0["op"] as? String == "replace" }
        #expect(replaced.count == 1)
        #expect(replaced[0]["path"] as? String == "/spec/containers/0/command")
        #expect(
            replaced[0]["value"] as? [String] == [
                "/keeper/launcher/keeper-injector-exec", "/keeper/env/environment", "--", "/bin/sh", "-c",
                "echo \"$X\" ü\t",
            ])
        #expect(try operations(decision).allSatisfy { !"\($0["path"] ?? "")".contains("/args") })
    }

    @Test("only the chosen containers; no sidecar and no volume for files; each sees its own file alone")
    func shape() throws {
        let decision = try decide(
            #"[{"name":"app","command":["a"]},{"name":"web"}]"#, ["containers": "app"])
        guard case .patched(let patch, let summary) = decision.outcome else {
            Issue.record("\(decision)")
            return
        }
        #expect(summary.injectedContainers == ["keeper-secrets-init"])
        #expect(summary.plan.environmentContainers == ["app"])
        let text = String(decoding: patch, as: UTF8.self)
        #expect(!text.contains("\"keeper-secrets\"") && !text.contains("/spec/containers/1"))
        #expect(text.contains(#""mountPath":"/keeper/env","subPath":"env/app","readOnly":true"#))
        #expect(text.contains(#""mountPath":"/keeper/launcher","subPath":"launcher","readOnly":true"#))
        // With a file too there are both.
        let both = try decide(#"[{"name":"app","command":["a"]}]"#, ["secret-x": "db:/app/x/db.json"])
        guard case .patched(_, let more) = both.outcome else { return }
        #expect(more.injectedContainers == ["keeper-secrets-init", "keeper-secrets-sidecar"])
    }

    @Test(
        "without a command the pod is denied, with the container, and where the command is found",
        arguments: [
            #"{"name":"app","image":"r/x:1"}"#, #"{"name":"app","image":"r/x:1","command":[],"args":["x"]}"#,
        ])
    func noCommand(container: String) throws {
        guard case .denied(let error) = try decide("[\(container)]").outcome else {
            Issue.record("not denied")
            return
        }
        let text = error.mistakes.map(\.description).joined()
        for words in [
            "\"app\"", "no command", "docker image inspect \"r/x:1\"", "keeper.security/containers",
        ] {
            #expect(text.contains(words), "\(text)")
        }
    }

    @Test("probes and hooks that exec are named: they do not see the variables")
    func probes() throws {
        let found = try warnings(
            #"{"name":"app","command":["a"],"livenessProbe":{"exec":{"command":["x"]}},"readinessProbe":{"httpGet":{"port":1}},"lifecycle":{"preStop":{"exec":{"command":["y"]}}}}"#
        )
        #expect(found.count == 1)
        #expect(found[0].contains("livenessProbe, preStop") && found[0].contains("\"app\""))
        #expect(try warnings(#"{"name":"app","command":["a"]}"#).isEmpty)
    }

    @Test("$(NAME) of an injected variable is warned of: kubelet expands it before us")
    func references() throws {
        let container =
            #"{"name":"app","command":["a","$(DB_LOGIN)","$$(DB_X)"],"args":["$(OWN) $(OTHER)"],"env":[{"name":"OWN","value":"1"}]}"#
        let prefixed = try warnings(container, ["env-prefix": "DB_"])
        #expect(prefixed.count == 1 && prefixed[0].contains("$(DB_LOGIN)") && !prefixed[0].contains("OTHER"))
        #expect(!prefixed[0].contains("OWN") && !prefixed[0].contains("DB_X"))
        // Without a prefix any name could be one, unless it comes from elsewhere.
        #expect(try warnings(container)[0].contains("$(OTHER)"))
        let foreign = #"{"name":"app","command":["$(X)"],"envFrom":[{"secretRef":{"name":"s"}}]}"#
        #expect(try warnings(foreign).isEmpty)
    }

    @Test("the container's own variables win and are named; those of envKeys are replaced and named")
    func own() throws {
        let container =
            #"{"name":"app","command":["a"],"env":[{"name":"DB_LOGIN","value":"x"},{"name":"PGPASS","value":"y"}]}"#
        let found = try warnings(container, ["env-prefix": "DB_"])
        #expect(found.count == 1 && found[0].contains("DB_LOGIN") && found[0].contains("wins"))
        let config =
            "secrets:\n- record: db\n  injectAsEnvVars: true\n  envPrefix: X_\n  envKeys: {password: PGPASS}\n"
        let replaced = try warnings(
            container,
            ["config": config, "secret": "", "inject-env-vars": "false"].filter {
                $0.key != "secret"
            })
        #expect(replaced.contains { $0.contains("envKeys replaces its own \"PGPASS\"") }, "\(replaced)")
    }

    @Test("signals say that they have no effect where variables are all there is")
    func signals() throws {
        let found = try warnings(#"{"name":"app","command":["a"]}"#, ["signal": "HUP"])
        #expect(
            found.contains { $0.contains("keeper.security/signal") && $0.contains("no effect") }, "\(found)")
    }

    @Test("docs/environment.md shows a pod that is injected")
    func document() throws {
        let text = try String(contentsOfFile: Checkout.root + "/docs/environment.md", encoding: .utf8)
        let example = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
        let manifest = try ManifestFile(
            #require(example.components(separatedBy: "```").first), source: "docs/environment.md")
        let decision = try manifest.pods[0].json.withUnsafeBytes {
            try Injector(policy: InjectionPolicy(version: "1")).decide(pod: $0, namespace: "app")
        }
        guard case .patched(_, let summary) = decision.outcome else {
            Issue.record("\(decision)")
            return
        }
        #expect(summary.plan.environmentContainers == ["shop"])
    }

    @Test("deciding is pure: a dry run, a denied pod and a second time leave nothing and give the same bytes")
    func pure() throws {
        let container =
            #"[{"name":"app","command":["a"],"env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]}]"#
        let directory = FileManager.default.currentDirectoryPath
        let before = try FileManager.default.contentsOfDirectory(atPath: directory)
        let once = try decide(container)
        _ = try decide(#"[{"name":"app"}]"#)
        #expect(try decide(container) == once)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == before)
    }

    @Test("fields leaves out what envKeys names: a mistake with its place")
    func contradiction() throws {
        let config =
            "secrets:\n- record: db\n  injectAsEnvVars: true\n  fields: [login]\n  envKeys: {password: P}\n"
        guard
            case .denied(let error) = try decide(#"[{"name":"app","command":["a"]}]"#, ["config": config])
                .outcome
        else {
            Issue.record("not denied")
            return
        }
        #expect(
            error.mistakes.contains {
                $0.description.contains("envKeys") && $0.description.contains("password")
            })
    }
}
