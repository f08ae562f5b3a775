import Foundation
import Injection
import TestSupport
import Testing

/// What `signal` changes in a pod: the mark by which the agent knows the app's processes, and the one process
/// namespace in which it sees them.
@Suite("Signal marks in the patch")
struct SignalMarkTests {
    private static let asked = [
        "inject": "true", "ksm-config": "k", "secret": "a", "run-as-user": "1000", "signal": "SIGHUP",
    ]

    private func decide(
        _ annotations: [String: String?], spec: String,
        policy: InjectionPolicy = InjectionPolicy(version: "1")
    ) throws -> Decision {
        var all: [String: String] = [:]
        for (key, value) in Self.asked.mapValues({ Optional($0) }).merging(
            annotations, uniquingKeysWith: { $1 })
        {
            if let value { all["keeper.security/" + key] = value }
        }
        let pod: [String: Any] = [
            "metadata": ["annotations": all],
            "spec": try JSONSerialization.jsonObject(with: Data(spec.utf8)),
        ]
        return try JSONSerialization.data(withJSONObject: pod).withUnsafeBytes { bytes in
            try Injector(policy: policy).decide(pod: bytes, namespace: "app")
        }
    }

    /// What the patch adds: place → value.
    private func added(
        _ annotations: [String: String?] = [:], spec: String,
        policy: InjectionPolicy = InjectionPolicy(version: "1")
    ) throws -> [(path: String, value: Any)] {
        let decision = try decide(annotations, spec: spec, policy: policy)
        guard case .patched(let patch, _) = decision.outcome else {
            throw Unexpected(outcome: decision.outcome)
        }
        let operations = try JSONSerialization.jsonObject(with: Data(patch)) as? [[String: Any]]
        return try #require(operations).map { operation in
            (try #require(operation["path"] as? String), try #require(operation["value"]))
        }
    }

    private struct Unexpected: Error { let outcome: Decision.Outcome }

    /// The marks, as `PLACE-OF-THE-CONTAINER: SUB-PATH`, in the patch's order.
    private func marks(_ patch: [(path: String, value: Any)]) throws -> [String] {
        try patch.flatMap { path, value -> [String] in
            guard let end = path.range(of: "/volumeMounts") else { return [] }
            let mounts = try value as? [[String: Any]] ?? [#require(value as? [String: Any])]
            return try mounts.filter { $0["mountPath"] as? String == "/keeper/signal" }.map { mount in
                #expect(mount["name"] as? String == "keeper-run")
                #expect(mount["readOnly"] as? Bool == true)
                #expect(mount["mountPropagation"] == nil)
                let subPath = try #require(mount["subPath"] as? String)
                return "\(path[..<end.lowerBound].dropFirst("/spec/".count)): \(subPath)"
            }
        }
    }

    private func sharing(_ patch: [(path: String, value: Any)]) -> [Bool?] {
        patch.filter { $0.path == "/spec/shareProcessNamespace" }.map { $0.value as? Bool }
    }

    private func problems(_ annotations: [String: String?] = [:], spec: String) throws -> [String] {
        let decision = try decide(annotations, spec: spec)
        guard case .denied(let error) = decision.outcome else { throw Unexpected(outcome: decision.outcome) }
        return error.mistakes.map(\.description)
    }

    private static let two = #"""
        {"initContainers":[{"name":"migrate"}],
         "containers":[{"name":"app"},{"name":"web","volumeMounts":[{"name":"v","mountPath":"/data"}]}]}
        """#

    // MARK: Who gets it

    @Test(
        "each container that mounts the secrets is marked with its own name; what runs before the app is not")
    func all() throws {
        let patch = try added(spec: Self.two)
        #expect(try marks(patch) == ["containers/0: signal/app", "containers/1: signal/web"])
        #expect(sharing(patch) == [true])
    }

    @Test("with containers, the others get neither secrets nor mark")
    func mountedOnly() throws {
        let patch = try added(["containers": "web"], spec: Self.two)
        #expect(try marks(patch) == ["containers/1: signal/web"])
        #expect(!patch.contains { $0.path.hasPrefix("/spec/containers/0/") })
    }

    @Test("signal-containers names who is marked, also one that mounts no secrets, and an init container")
    func named() throws {
        #expect(
            try marks(added(["signal-containers": "web"], spec: Self.two)) == ["containers/1: signal/web"])
        let patch = try added(["containers": "app", "signal-containers": "web"], spec: Self.two)
        #expect(try marks(patch) == ["containers/1: signal/web"])
        let web = patch.filter { $0.path.hasPrefix("/spec/containers/1/") }
        #expect(web.count == 1, "the mark is all that it gets")
        // A sidecar of the user's own, as Kubernetes 1.29 knows it.
        let native =
            #"{"initContainers":[{"name":"proxy","restartPolicy":"Always"}],"containers":[{"name":"app"}]}"#
        #expect(
            try marks(added(["signal-containers": "proxy, app"], spec: native)) == [
                "initContainers/0: signal/proxy", "containers/0: signal/app",
            ])
    }

    @Test("without signal there is no mark, and the processes stay apart", arguments: [nil, "app"])
    func none(containers: String?) throws {
        let patch = try added(["signal": nil, "signal-containers": containers], spec: Self.two)
        #expect(try marks(patch).isEmpty)
        #expect(sharing(patch).isEmpty)
        let decision = try decide(["signal": nil, "signal-containers": containers], spec: Self.two)
        let warned = decision.warnings.contains {
            $0.contains("signal-containers") && $0.contains("no effect")
        }
        #expect(warned == (containers != nil), "\(decision.warnings)")
    }

    @Test("where nobody would send it, there is no mark: init-only")
    func initOnly() throws {
        let outcome = try decide(["init-only": "true"], spec: Self.two).outcome
        // Denied or not, no process namespace is opened for nothing.
        guard case .patched = outcome else { return }
        let patch = try added(["init-only": "true"], spec: Self.two)
        #expect(try marks(patch).isEmpty)
        #expect(sharing(patch).isEmpty)
    }

    @Test("our own containers have no mark, on old clusters and new", arguments: [true, false])
    func ours(native: Bool) throws {
        var policy = InjectionPolicy(version: "1")
        policy.nativeSidecars = native
        let patch = try added(spec: Self.two, policy: policy)
        #expect(try marks(patch).count == 2)
        let containers = patch.compactMap { path, value -> [String: Any]? in
            path.contains("/volumeMounts") ? nil : value as? [String: Any]
        }.filter { ($0["name"] as? String)?.hasPrefix("keeper-secrets-") == true && $0["image"] != nil }
        #expect(containers.count == 2)
        for container in containers {
            let mounts = try #require(container["volumeMounts"] as? [[String: Any]])
            #expect(!mounts.contains { $0["mountPath"] as? String == "/keeper/signal" })
            #expect(mounts.contains { $0["mountPath"] as? String == "/keeper/run" && $0["subPath"] == nil })
        }
    }

    @Test("over FUSE the mark is the same")
    func fuse() throws {
        var policy = InjectionPolicy(version: "1")
        policy.fuseNamespaces = .all
        let patch = try added(
            ["backend": "fuse", "signal-containers": "app"], spec: Self.two, policy: policy)
        #expect(try marks(patch) == ["containers/0: signal/app"])
        #expect(sharing(patch) == [true])
    }

    // MARK: The process namespace

    @Test("the processes are shared where they are not yet, never with hostPID, and the mark is there always")
    func namespaces() throws {
        func spec(_ more: String) -> String { #"{"containers":[{"name":"app"}],\#(more)}"# }
        for (more, expected) in [
            (#""shareProcessNamespace":false"#, [true]), (#""shareProcessNamespace":null"#, [true]),
            (#""shareProcessNamespace":true"#, []), (#""hostPID":true"#, []), (#""hostPID":false"#, [true]),
            (#""hostPID":true,"shareProcessNamespace":false"#, []),
        ] {
            let patch = try added(spec: spec(more))
            #expect(sharing(patch) == expected, "\(more)")
            #expect(try marks(patch) == ["containers/0: signal/app"], "\(more)")
        }
    }

    // MARK: Whom it would not reach

    @Test("an app of another uid, or of one that is not known, is warned of by name")
    func deaf() throws {
        func warnings(_ spec: String) throws -> [String] {
            try decide([:], spec: spec).warnings.filter { $0.contains("may not reach") }
        }
        #expect(
            try warnings(#"{"containers":[{"name":"app","securityContext":{"runAsUser":1000}}]}"#) == [])
        #expect(
            try warnings(#"{"securityContext":{"runAsUser":1000},"containers":[{"name":"app"}]}"#) == [])
        let spec = #"""
            {"containers":[{"name":"app","securityContext":{"runAsUser":1000}},{"name":"unknown"},
             {"name":"other","securityContext":{"runAsUser":7}}]}
            """#
        let found = try warnings(spec)
        #expect(found.count == 1)
        #expect(found[0].contains(#""unknown", "other""#) && !found[0].contains(#""app""#), "\(found)")
        #expect(found[0].contains("1000") && found[0].contains("reload-url"))
    }

    @Test("signal-containers that the pod does not have are denied, with the one that was meant")
    func unknown() throws {
        let found = try problems(["signal-containers": "wep"], spec: Self.two)
        #expect(found.count == 1 && found[0].contains("signal-containers"))
        #expect(found[0].contains(#"no container "wep", is "web" meant?"#), "\(found)")
    }

    // MARK: The place is taken

    private static func mounted(at path: String, in name: String = "app") -> String {
        #"{"containers":[{"name":"\#(name)","volumeMounts":[{"name":"v","mountPath":"\#(path)"}]},{"name":"web"}]}"#
    }

    @Test(
        "a mount of the user's own at the mark's place is denied, with container and path",
        arguments: ["/keeper/signal", "/keeper/signal/", "//keeper/./signal"])
    func taken(path: String) throws {
        let found = try problems(spec: Self.mounted(at: path))
        #expect(found.count == 1)
        #expect(
            found.first?.contains(#"container "app" has a mount of its own at "/keeper/signal""#) == true,
            "\(found)")
        // Also where the mark is all that the container gets.
        #expect(
            try problems(
                ["containers": "web", "signal-containers": "app"], spec: Self.mounted(at: path)
            ).count == 1)
        // A container that is not marked may have it.
        #expect(
            try marks(
                added(["signal-containers": "web"], spec: Self.mounted(at: path))
            ) == ["containers/1: signal/web"])
    }

    @Test(
        "a mount that only looks like the mark's place is no conflict",
        arguments: ["/keeper/signals", "/app/keeper/signal", "/keeper/signa", "/keeper-signal"])
    func near(path: String) throws {
        #expect(try marks(added(spec: Self.mounted(at: path))).count == 2)
    }

    @Test("secrets-path around the mark is denied: it is read-only, and would hide it")
    func around() throws {
        let found = try problems(["secrets-path": "/keeper"], spec: Self.two)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.contains("/keeper/signal") && $0.contains("secrets-path") }, "\(found)")
        // Without a mark it is fine.
        #expect(try marks(added(["secrets-path": "/keeper", "signal": nil], spec: Self.two)).isEmpty)
    }

    /// - Returns: whether the pod is denied with the mark's place named.
    private func isDenied(_ annotations: [String: String] = [:], spec: String) throws -> Bool {
        guard
            case .denied(let error) = try decide(annotations.mapValues { Optional($0) }, spec: spec).outcome
        else { return false }
        return error.mistakes.contains { $0.description.contains("/keeper/signal") }
    }

    @Test("a mount of the user's own within the mark is denied: the mark is empty and read-only")
    func within() throws {
        #expect(try isDenied(spec: Self.mounted(at: "/keeper/signal/x")))
    }

    @Test("a mount of the user's own around the mark is fine: the runtime makes the place in that volume")
    func userAround() throws {
        #expect(try marks(added(spec: Self.mounted(at: "/keeper"))).count == 2)
    }

    @Test(
        "secrets at the mark's own place are denied: two mounts at one path are no pod",
        arguments: [["secret-b": "/keeper/signal/b"], ["secrets-path": "/keeper/signal"]])
    func secretsThere(annotations: [String: String]) throws {
        #expect(try isDenied(annotations, spec: Self.two))
    }
}
