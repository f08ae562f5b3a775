import Injection
import Plan
import TestSupport
import Testing

/// What the pod's own shape adds to its annotations; the patches are judged by peers (AdmissionPeerTests).
@Suite("The injector")
struct InjectorTests {
    private func decide(
        _ annotations: [String: String], spec: String = #"{"containers":[{"name":"app"}]}"#,
        policy: InjectionPolicy = InjectionPolicy(version: "1")
    ) throws -> Decision {
        let pairs = annotations.sorted { $0.key < $1.key }
            .map { #""keeper.security/\#($0.key)":"\#($0.value)""# }
        let pod = #"{"metadata":{"annotations":{\#(pairs.joined(separator: ","))}},"spec":\#(spec)}"#
        return try Array(pod.utf8).withUnsafeBytes { bytes in
            try Injector(policy: policy).decide(pod: bytes, namespace: "app")
        }
    }

    private static let asked = ["inject": "true", "ksm-config": "k", "secret": "a"]

    private func summary(
        _ annotations: [String: String] = [:], spec: String
    ) throws -> InjectionSummary {
        let decision = try decide(Self.asked.merging(annotations) { $1 }, spec: spec)
        guard case .patched(_, let summary) = decision.outcome else {
            throw Unexpected(outcome: decision.outcome)
        }
        return summary
    }

    private struct Unexpected: Error { let outcome: Decision.Outcome }

    private func problems(
        _ annotations: [String: String] = [:], spec: String = #"{"containers":[{"name":"app"}]}"#,
        policy: InjectionPolicy = InjectionPolicy(version: "1")
    ) throws -> [String] {
        let decision = try decide(Self.asked.merging(annotations) { $1 }, spec: spec, policy: policy)
        guard case .denied(let error) = decision.outcome else { throw Unexpected(outcome: decision.outcome) }
        return error.mistakes.map(\.description)
    }

    @Test("says who may read by the rules of the contract's section 3")
    func access() throws {
        let unknown = try summary(spec: #"{"containers":[{"name":"app"}]}"#)
        #expect(unknown.accessRule == .supplementalGroup)
        #expect(unknown.plan.access == FileAccess(user: 65534, group: 64535, mode: 0o640))
        let group = try summary(spec: #"{"securityContext":{"fsGroup":7},"containers":[{"name":"app"}]}"#)
        #expect(group.accessRule == .fsGroup)
        #expect(group.plan.access == FileAccess(user: 65534, group: 7, mode: 0o640))
        let pod =
            #"{"securityContext":{"runAsUser":5,"runAsGroup":6,"fsGroup":7},"containers":[{"name":"app"}"#
        let user = try summary(spec: pod + "]}")
        #expect(user.accessRule == .containersUser)
        #expect(user.plan.access == FileAccess(user: 5, group: 6, mode: 0o600))
        // Another uid in one container: no uid in common. Root never counts.
        let two = pod + #",{"name":"web","securityContext":{"runAsUser":9}}]}"#
        #expect(try summary(spec: two).accessRule == .fsGroup)
        #expect(try summary(["containers": "app"], spec: two).accessRule == .containersUser)
        let root = #"{"securityContext":{"runAsUser":0},"containers":[{"name":"app"}]}"#
        #expect(try summary(spec: root).accessRule == .supplementalGroup)
        let named = try summary(["run-as-user": "77", "file-mode": "0400"], spec: two)
        #expect(named.accessRule == .annotation)
        #expect(named.plan.access.user == 77 && named.plan.access.mode == 0o400)
    }

    @Test("tells mistakes of the annotations and of the pod at once")
    func allAtOnce() throws {
        let found = try problems(
            ["refresh-interval": "5 minutes", "containers": "ap"],
            spec: #"{"containers":[{"name":"app"},{"name":"keeper-secrets-init"}]}"#)
        #expect(found.count == 3)
        #expect(found.contains { $0.contains("the pod has no container \"ap\", is \"app\" meant?") })
        #expect(found.contains { $0.contains("keeper-secrets-init") })
        #expect(found.contains { $0.contains("refresh-interval") })
    }

    @Test("denies what the administrator does not allow, and says the way out")
    func policy() throws {
        #expect(try problems(["backend": "fuse"]).first?.contains("tmpfs") == true)
        #expect(try problems(["inject-as-k8s-secret": "true"]).count == 1)
        var policy = InjectionPolicy(version: "1")
        policy.strictAnnotations = true
        #expect(try problems(["refresh-intervall": "5m"], policy: policy).count == 1)
        policy.excludedNamespaces = ["app"]
        let decision = try decide(Self.asked, policy: policy)
        #expect(decision.outcome == .unchanged(reason: "namespace \"app\" is excluded"))
        #expect(decision.warnings.count == 1)
    }

    @Test("denies a mount over one of the container's own, and variables without a command")
    func collisions() throws {
        let mounted =
            #"{"containers":[{"name":"app","volumeMounts":[{"name":"x","mountPath":"/keeper/secrets/"}]}]}"#
        let found = try problems(spec: mounted)
        #expect(found.count == 1 && found[0].contains("app") && found[0].contains("/keeper/secrets"))
        #expect(try problems(["inject-env-vars": "true"]).first?.contains("command") == true)
    }

    @Test(
        "names the place where a pod is no pod",
        arguments: [
            #"{"containers":"x"}"#, #"{"containers":[1]}"#, #"{"containers":[{"name":1}]}"#, #"[]"#,
            #"{"containers":[],"containers":[]}"#, #"{"containers":[{"name":"a","volumeMounts":{}}]}"#,
            #"{"containers":[{"name":"a"}],"securityContext":7}"#,
            #"{"containers":[{"name":"a"}],"volumes":"v"}"#,
        ])
    func malformed(spec: String) throws {
        let error = try #require(throws: PodError.self) { try decide(Self.asked, spec: spec) }
        #expect("\(error)".contains("spec"), "\(error)")
    }
}
