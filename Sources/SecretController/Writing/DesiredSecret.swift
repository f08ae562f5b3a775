import Plan
import SecretMemory

/// A Secret as it shall be; lives from the fetch to the write.
struct DesiredSecret: Sendable {
    var target: SecretTarget
    var mode: KubernetesSecret.Mode
    var type: String
    var data: [String: SecretBytes]
    /// None where the pods do not want it, or live in another namespace.
    var owners: [OwnerReference]
    /// Uids of the pods that ask now.
    var podUIDs: Set<String>
    /// What the pods ask for, hashed: a Secret that does not rotate is written once for each.
    var instructions: String
    var rotates: Bool
    /// Tells the keys of one KSM configuration from those of another in one merged Secret.
    var source: String
    /// Whether keys that this configuration wrote before and does not any more are removed.
    var removesStaleKeys = true
    /// Of a Secret in another namespace, which Kubernetes does not clean up: that of the pods.
    var deletesWithPodsOf: String?
    /// Whom to tell.
    var pods: [PodReference]
    var configuration: ConfigurationKey
}
