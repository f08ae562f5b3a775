import Glibc
import JSONText
import KubeClient
import NIOCore
import Telemetry

/// A `coordination.k8s.io/v1` Lease as it was read.
struct Lease: Equatable {
    /// Empty where the last leader has given it back.
    var holder: String
    var duration: Duration
    var transitions: Int64
    var renewed: String
    var version: String

    init(_ view: JSONView) throws(KubeError) {
        guard let version = view.member("metadata")?.value.member("resourceVersion")?.value.string else {
            throw .malformed(what: "the Lease", reason: "has no resourceVersion")
        }
        self.version = version
        let spec = view.member("spec")?.value
        holder = spec?.member("holderIdentity")?.value.string ?? ""
        let seconds = spec?.member("leaseDurationSeconds")?.value.integer ?? 15
        duration = .seconds(min(max(seconds, 1), 3600))
        transitions = spec?.member("leaseTransitions")?.value.integer ?? 0
        renewed = spec?.member("renewTime")?.value.string ?? ""
    }
}

/// The JSON that takes, renews or gives back a Lease.
struct LeaseChange {
    var holder: String
    var seconds: Int64
    /// `nil`: stays.
    var transitions: Int64?
    var isAcquired = false
    /// The Lease that it is a change of; `nil` makes one.
    var version: String?

    func body(name: String, namespace: String) -> ByteBuffer {
        var json = JSONWriter(capacity: 512)
        json.raw("{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{")
        if let version {
            json.raw("\"resourceVersion\":")
            json.string(version)
        } else {
            json.raw("\"name\":")
            json.string(name)
            json.raw(",\"namespace\":")
            json.string(namespace)
        }
        json.raw("},\"spec\":{\"holderIdentity\":")
        json.string(holder)
        json.raw(",\"leaseDurationSeconds\":")
        json.integer(seconds)
        let now = LeaseChange.microTime()
        json.raw(",\"renewTime\":")
        json.string(now)
        if isAcquired {
            json.raw(",\"acquireTime\":")
            json.string(now)
        }
        if let transitions {
            json.raw(",\"leaseTransitions\":")
            json.integer(transitions)
        }
        json.raw("}}")
        return ByteBuffer(bytes: json.bytes)
    }

    /// Kubernetes takes a MicroTime with six digits alone.
    private static func microTime() -> String { String(Timestamp.now().dropLast()) + "000Z" }
}
