import ArgumentParser
package import Injection
import Plan

/// What the cluster's administrator decides, as flags of `serve`, `inject` and `explain`, or as a file
/// with the same names (contract, section 10).
///
///     @OptionGroup(title: "Policy options") var flags: PolicyFlags
///     let policy = try flags.policy()
package struct PolicyFlags: ParsableArguments {
    @Option(help: ArgumentHelp("The image of the agent's containers.", valueName: "image"))
    var agentImage: String?

    @Option(help: ArgumentHelp("Always, IfNotPresent or Never.", valueName: "policy"))
    var agentImagePullPolicy: String?

    @Option(
        help: ArgumentHelp("Whether the cluster is 1.29 or newer (default: true).", valueName: "true|false"))
    var nativeSidecars: String?

    @Option(help: ArgumentHelp("Where backend: fuse is allowed (default: nowhere).", valueName: "A,B|*"))
    var fuseNamespaces: String?

    @Option(
        help: ArgumentHelp(
            "How the FUSE server gets its descriptor (default: holder).", valueName: "holder|csi"))
    var fuseTransport: String?

    @Option(
        help: ArgumentHelp(
            "Without a FUSE server, reads fail with EIO after this (default: 30s).", valueName: "duration"))
    var fuseGrace: String?

    @Option(
        help: ArgumentHelp("Whether each open over FUSE is logged (default: false).", valueName: "true|false")
    )
    var fuseAudit: String?

    @Option(
        name: .customLong("fuse-direct-io"),
        help: ArgumentHelp(
            "Whether the kernel may not cache values over FUSE (default: false).", valueName: "true|false"))
    var fuseDirectIO: String?

    @Option(
        help: ArgumentHelp("Values that a FUSE server may hold (default: 64Mi).", valueName: "size"))
    var fuseMemoryLimit: String?

    @Option(
        help: ArgumentHelp(
            "Where pods may ask for Kubernetes Secrets (default: nowhere).", valueName: "A,B|*"))
    var kubernetesSecretNamespaces: String?

    @Option(
        help: ArgumentHelp(
            "Pods of FROM may have Kubernetes Secrets written in TO.", valueName: "FROM:TO,…"))
    var kubernetesSecretPairs: String?

    @Option(help: ArgumentHelp("Pods there are left alone.", valueName: "A,B"))
    var excludedNamespaces: String?

    @Option(
        help: ArgumentHelp(
            "Whether an unknown annotation denies the pod (default: false).", valueName: "true|false"))
    var strictAnnotations: String?

    @Option(
        help: ArgumentHelp(
            "The supplemental group of pods whose uid is not known (default: 64535).", valueName: "gid"))
    var secretsGroup: String?

    @Option(help: ArgumentHelp("The ksm-config of pods that name none.", valueName: "secret"))
    var defaultAuthSecret: String?

    @Option(
        help: ArgumentHelp("The backend of pods that name none (default: tmpfs).", valueName: "tmpfs|fuse"))
    var defaultBackend: String?

    @Option(help: ArgumentHelp("At least 10s (default: 5m).", valueName: "duration"))
    var defaultRefreshInterval: String?

    @Option(help: ArgumentHelp("The agent's port of health and metrics (default: none).", valueName: "port"))
    var defaultMetricsPort: String?

    @Option(help: ArgumentHelp("The agent's log level.", valueName: "debug|info|warn|error"))
    var defaultLogLevel: String?

    @Option(help: ArgumentHelp("The agent's HTTP CONNECT proxy: http://HOST:PORT.", valueName: "url"))
    var defaultProxy: String?

    @Option(help: ArgumentHelp("Hosts and domains that are reached without the proxy.", valueName: "A,B"))
    var defaultNoProxy: String?

    @Option(help: ArgumentHelp("A quantity, for each of the agent's containers.", valueName: "cpu"))
    var defaultSidecarCpuRequest: String?

    @Option(help: ArgumentHelp("A quantity.", valueName: "cpu"))
    var defaultSidecarCpuLimit: String?

    @Option(help: ArgumentHelp("A quantity.", valueName: "memory"))
    var defaultSidecarMemoryRequest: String?

    @Option(help: ArgumentHelp("A quantity.", valueName: "memory"))
    var defaultSidecarMemoryLimit: String?

    @Option(help: ArgumentHelp("The size limit of the volume with the files.", valueName: "quantity"))
    var defaultTmpfsSize: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "A YAML file with the same names, without dashes in front; flags win.", valueName: "file"))
    var file: String?

    package init() {}

    /// The policy that the file and the flags make.
    ///
    /// - Throws: `PolicyError` with every mistake of the file, else every mistake of the flags.
    package func policy() throws(PolicyError) -> InjectionPolicy {
        var draft = PolicyDraft()
        if let file { try PolicyFile.read(file, into: &draft) }
        var mistakes: [PolicyMistake] = []
        for (name, value) in given {
            guard let setting = PolicySetting.find(name) else { continue }
            do throws(PolicyMistake) {
                try setting.apply(setting.split(value), &draft)
            } catch {
                mistakes.append(error.named("--" + name))
            }
        }
        do throws(PolicyMistake) {
            guard mistakes.isEmpty else { throw mistakes.removeFirst() }
            return try draft.finish()
        } catch {
            throw .flags([error] + mistakes)
        }
    }

    /// Name of the setting and its value, of the flags that are there.
    private var given: [(name: String, value: String)] {
        let all: [(String, String?)] = [
            ("agent-image", agentImage),
            ("agent-image-pull-policy", agentImagePullPolicy),
            ("native-sidecars", nativeSidecars),
            ("fuse-namespaces", fuseNamespaces),
            ("fuse-transport", fuseTransport),
            ("fuse-grace", fuseGrace),
            ("fuse-audit", fuseAudit),
            ("fuse-direct-io", fuseDirectIO),
            ("fuse-memory-limit", fuseMemoryLimit),
            ("kubernetes-secret-namespaces", kubernetesSecretNamespaces),
            ("kubernetes-secret-pairs", kubernetesSecretPairs),
            ("excluded-namespaces", excludedNamespaces),
            ("strict-annotations", strictAnnotations),
            ("secrets-group", secretsGroup),
            ("default-auth-secret", defaultAuthSecret),
            ("default-backend", defaultBackend),
            ("default-refresh-interval", defaultRefreshInterval),
            ("default-metrics-port", defaultMetricsPort),
            ("default-log-level", defaultLogLevel),
            ("default-proxy", defaultProxy),
            ("default-no-proxy", defaultNoProxy),
            ("default-sidecar-cpu-request", defaultSidecarCpuRequest),
            ("default-sidecar-cpu-limit", defaultSidecarCpuLimit),
            ("default-sidecar-memory-request", defaultSidecarMemoryRequest),
            ("default-sidecar-memory-limit", defaultSidecarMemoryLimit),
            ("default-tmpfs-size", defaultTmpfsSize),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}
