/// What the annotations say about the pod itself: it shapes the patch and does not travel to the agent.
package struct PodSettings: Equatable, Sendable {
    /// `containers`: names that get the mounts; `nil`: all.
    package var containers: [String]?
    /// `run-as-user`, `run-as-group`: never 0.
    package var runAsUser: UInt32?
    package var runAsGroup: UInt32?
    /// `file-mode`.
    package var fileMode: UInt32?
    /// `mount-style`.
    package var mountStyle = MountStyle.directory
    /// `tmpfs-size`: a quantity.
    package var tmpfsSize: String?
    /// `sidecar-…`.
    package var resources = ContainerResources()
    /// `ca-cert-secret`, `ca-cert-configmap`, `ca-cert-key`.
    package var certificateAuthority: CertificateAuthority?

    package init() {}

    package enum MountStyle: String, CaseIterable, Sendable {
        case directory, file
    }

    package enum CertificateAuthority: Equatable, Sendable {
        case secret(name: String, key: String)
        case configMap(name: String, key: String)
    }
}
