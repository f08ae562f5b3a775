import Plan

/// A pod by name; its uid tells it from a later one of that name.
struct PodReference: Hashable, Sendable {
    var namespace: String
    var name: String
    var uid: String
}

/// An object as `ownerReferences` name it.
struct OwnerReference: Hashable, Sendable {
    var apiVersion: String
    var kind: String
    var name: String
    var uid: String
}

/// Where Keeper is asked: one KSM configuration, by one way. One call serves all pods that share it.
struct ConfigurationKey: Hashable, Sendable {
    var namespace: String
    /// The Secret with the key `config`.
    var secret: String
    var proxy: String?
    var noProxy: [String]
}

/// What a pod asks for that was admitted and has not ended.
struct PodClaim: Sendable {
    var pod: PodReference
    /// `creationTimestamp`: RFC 3339 in UTC, which sorts by time.
    var created: String
    /// The controller among its owners.
    var controller: OwnerReference?
    var configuration: ConfigurationKey
    /// What of its Plan is for the controller.
    var plan: Plan
    /// The same as text: equal for pods that ask for the same.
    var wish: String
    /// How often to look; `nil` where each of its Secrets is written once.
    var interval: Duration?

    /// Pods of one owner ask for the same in one name.
    var handledKey: String { (controller?.uid ?? pod.uid) + " " + wish }

    /// Newer pods win, and of pods of the same second one, always the same.
    var age: String { created + " " + pod.uid }
}

/// What the controller takes of a pod that was listed or has changed.
enum PodState: Sendable {
    case claim(PodClaim)
    /// It asks for what it may not have.
    case refused(PodReference, reason: String)
    /// It asks for nothing, or has ended.
    case none(uid: String)
}
