/// Names of what the injector puts into a pod (contract, section 2).
enum OurName {
    static let initContainer = "keeper-secrets-init"
    static let sidecar = "keeper-secrets-sidecar"
    static let holder = "keeper-secrets-mount"
    static let containers = [initContainer, sidecar, holder]

    static let secretsVolume = "keeper-secrets"
    static let runVolume = "keeper-run"
    static let configurationVolume = "keeper-auth"
    static let certificateVolume = "keeper-ca-cert"
    static let volumes = [secretsVolume, runVolume, configurationVolume, certificateVolume]

    /// The environment variable with the Plan.
    static let settings = "KEEPER_INJECTOR_CONFIG"
}
