/// A kind of Kubernetes object, as its URL names it.
package struct KubeResource: Hashable, Sendable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let plural: String

    package static let pods = KubeResource(group: "", version: "v1", plural: "pods")
    package static let secrets = KubeResource(group: "", version: "v1", plural: "secrets")
    package static let events = KubeResource(group: "", version: "v1", plural: "events")
    package static let replicaSets = KubeResource(group: "apps", version: "v1", plural: "replicasets")
    package static let jobs = KubeResource(group: "batch", version: "v1", plural: "jobs")
    package static let leases = KubeResource(group: "coordination.k8s.io", version: "v1", plural: "leases")

    /// - Parameters:
    ///   - namespace: `nil` for all.
    ///   - name: `nil` for the collection.
    /// - Throws: `malformed` where a name could lead the request elsewhere: names come from pods.
    func path(namespace: String?, name: String?) throws(KubeError) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if let namespace { path += "/namespaces/" + (try KubeResource.segment(namespace)) }
        path += "/" + plural
        if let name { path += "/" + (try KubeResource.segment(name)) }
        return path
    }

    /// Names of objects are DNS names (RFC 1123), for some kinds with ':' and '_'.
    private static func segment(_ name: String) throws(KubeError) -> String {
        let isSafe = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isSafe, (1...253).contains(name.utf8.count), name != ".", name != ".." else {
            throw .malformed(what: "the name of an object", reason: "is no DNS name")
        }
        return name
    }
}
