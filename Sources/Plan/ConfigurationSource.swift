/// Where the agent finds its KSM configuration.
package enum ConfigurationSource: Equatable, Sendable {
    /// The Secret of this name in the pod's namespace, key `config`.
    case secret(name: String)
    /// AWS Secrets Manager: an id or ARN; without a region it is detected.
    case aws(secretID: String, region: String?)
    /// GCP Secret Manager: `projects/P/secrets/S/versions/V`.
    case gcp(secretID: String)
    /// Azure Key Vault.
    case azure(vault: String, secret: String)
    /// Outside a pod: handed over with the command (`--ksm-config`).
    case commandLine
}
