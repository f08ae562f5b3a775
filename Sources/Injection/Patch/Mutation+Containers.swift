import JSONText
import Plan

/// Our containers (contract, section 2).
extension Mutation {
    func initContainer(to json: inout JSONWriter) {
        begin(OurName.initContainer, "/usr/local/bin/keeper-injector-agent", to: &json)
        json.raw(",\"args\":[\"init\"]")
        appendSettings(to: &json)
        appendMounts(agentMounts, to: &json)
        appendSecurity(to: &json)
        json.raw("}")
    }

    func sidecar(to json: inout JSONWriter, native: Bool) {
        begin(OurName.sidecar, "/usr/local/bin/keeper-injector-agent", to: &json)
        json.raw(",\"args\":[\"sidecar\"]")
        if native { json.raw(",\"restartPolicy\":\"Always\"") }
        appendSettings(to: &json)
        // No readiness probe: an outage of Keeper must not take the app out of service.
        let probe: StaticString =
            "{\"exec\":{\"command\":[\"/usr/local/bin/keeper-injector-agent\",\"health\""
        if usesFUSE {
            json.raw(",\"startupProbe\":")
            json.raw(probe)
            json.raw(",\"--ready\"]},\"periodSeconds\":1,\"timeoutSeconds\":5,\"failureThreshold\":")
            json.integer(max(1, plan.initTimeout.components.seconds) + 10)
            json.raw("}")
        }
        json.raw(",\"livenessProbe\":")
        json.raw(probe)
        json.raw("]},\"periodSeconds\":20,\"timeoutSeconds\":5,\"failureThreshold\":3}")
        appendMounts(agentMounts, to: &json)
        appendSecurity(to: &json)
        json.raw("}")
    }

    /// The only privileged container: it mounts, and reads nothing from outside.
    func holder(to json: inout JSONWriter) {
        begin(OurName.holder, "/usr/local/bin/keeper-injector-mount", to: &json)
        json.raw(",\"args\":[\"--secrets-path\",")
        json.string(plan.secretsPath.description)
        json.raw(",\"--agent-user\",\"")
        json.integer(agentUser)
        json.raw("\"")
        if policy.fuseGrace != .seconds(30) {
            json.raw(",\"--grace\",\"")
            json.integer(policy.fuseGrace.components.seconds)
            json.raw("s\"")
        }
        json.raw("],\"restartPolicy\":\"Always\"")
        appendResources(to: &json)
        appendMounts(holderMounts, to: &json)
        json.raw(",\"securityContext\":{\"privileged\":true,\"runAsUser\":0,\"runAsNonRoot\":false,")
        json.raw("\"readOnlyRootFilesystem\":true}}")
    }

    private func begin(_ name: String, _ command: StaticString, to json: inout JSONWriter) {
        json.raw("{\"name\":")
        json.string(name)
        json.raw(",\"image\":")
        json.string(policy.agentImage)
        if let pull = policy.imagePullPolicy {
            json.raw(",\"imagePullPolicy\":")
            json.string(pull)
        }
        json.raw(",\"command\":[\"")
        json.raw(command)
        json.raw("\"]")
    }

    private func appendSettings(to json: inout JSONWriter) {
        json.raw(",\"env\":[{\"name\":\"KEEPER_INJECTOR_CONFIG\",\"value\":")
        json.string(planText)
        json.raw("}]")
        appendResources(to: &json)
    }

    private func appendMounts(_ mounts: [Mount], to json: inout JSONWriter) {
        json.raw(",\"volumeMounts\":")
        Mutation.list(mounts.map { $0.write(to:) }, to: &json)
    }

    private func appendSecurity(to json: inout JSONWriter) {
        json.raw(",\"securityContext\":{\"runAsNonRoot\":true,\"runAsUser\":")
        json.integer(agentUser)
        if let agentGroup {
            json.raw(",\"runAsGroup\":")
            json.integer(agentGroup)
        }
        json.raw(",\"readOnlyRootFilesystem\":true,\"allowPrivilegeEscalation\":false,")
        json.raw("\"capabilities\":{\"drop\":[\"ALL\"]},\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}")
    }

    private func appendResources(to json: inout JSONWriter) {
        let wanted = settings.resources
        let policy = policy.defaults.resources
        // A limit of the pod's own beside our default request could be the smaller of the two, and the
        // other way round: Kubernetes would refuse the pod.
        let cpu = pair(
            wanted.cpuRequest, wanted.cpuLimit, policy.cpuRequest ?? (policy.cpuLimit == nil ? "10m" : nil),
            policy.cpuLimit)
        let hasMemory = policy.memoryRequest != nil || policy.memoryLimit != nil
        let memory = pair(
            wanted.memoryRequest, wanted.memoryLimit, hasMemory ? policy.memoryRequest : "24Mi",
            hasMemory ? policy.memoryLimit : "64Mi")
        json.raw(",\"resources\":{")
        appendQuantities("requests", cpu: cpu.request, memory: memory.request, to: &json)
        appendQuantities("limits", cpu: cpu.limit, memory: memory.limit, to: &json)
        json.raw("}")
    }

    private func pair(
        _ request: String?, _ limit: String?, _ defaultRequest: String?, _ defaultLimit: String?
    ) -> (request: String?, limit: String?) {
        request == nil && limit == nil ? (defaultRequest, defaultLimit) : (request, limit)
    }

    private func appendQuantities(
        _ key: StaticString, cpu: String?, memory: String?, to json: inout JSONWriter
    ) {
        guard cpu != nil || memory != nil else { return }
        json.separate()
        json.raw("\"")
        json.raw(key)
        json.raw("\":{")
        if let cpu {
            json.raw("\"cpu\":")
            json.string(cpu)
        }
        if let memory {
            json.separate()
            json.raw("\"memory\":")
            json.string(memory)
        }
        json.raw("}")
    }
}
