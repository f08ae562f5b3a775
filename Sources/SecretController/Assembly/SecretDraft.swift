import Plan
import SecretMemory

/// One Secret as one group of equal pods wants it.
struct SecretDraft: Sendable {
    var target: SecretTarget
    /// Mode, type and the like; of several selections for one Secret those of the first.
    var settings: KubernetesSecret
    var data: Result<[String: SecretBytes], SecretProblem>
    /// Which pods: see `PodClaim.wish`.
    var wish: String
}
