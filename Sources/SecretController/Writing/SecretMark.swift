/// What the controller writes into a Secret's metadata.
enum SecretMark {
    static let label = "app.kubernetes.io/managed-by"
    static let manager = "keeper-injector"

    private static let prefix = "keeper.security/"
    /// What the pods of one KSM configuration asked for, hashed.
    static func instructions(of source: String) -> String { prefix + "k8s-secret-wish-" + source }
    /// The term of the leader that looked at it last: see docs/kubernetes-secrets.md, split brain.
    static let term = prefix + "k8s-secret-term"
    /// It was there before, and taken over by mode `overwrite`: it never gets an owner.
    static let adopted = prefix + "k8s-secret-adopted"
    /// To be deleted when the last pod of that namespace that asks for it is gone.
    static let podsOf = prefix + "k8s-secret-pods-of"

    /// The keys that one KSM configuration wrote.
    static func keys(of source: String) -> String { prefix + "k8s-secret-keys-" + source }
}
