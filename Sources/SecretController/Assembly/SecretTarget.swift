/// A Kubernetes Secret by its place.
struct SecretTarget: Hashable, Sendable, Comparable, CustomStringConvertible {
    var namespace: String
    var name: String

    var description: String { namespace + "/" + name }

    static func < (one: SecretTarget, other: SecretTarget) -> Bool {
        (one.namespace, one.name) < (other.namespace, other.name)
    }
}
