import NIOCore
import SecretMemory

/// A JSON merge patch (RFC 7386) of a Secret. It carries the resource version that it was made for, so the API
/// server refuses it once anybody has changed anything; what it does not name stays as it is.
struct SecretChange: Sendable {
    var version: String
    var uid: String
    var set: [String: SecretBytes] = [:]
    var removed: [String] = []
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
    var owners: Owners?

    /// A merge patch replaces a list as a whole.
    struct Owners: Sendable {
        var kept: [JSONValue]
        var added: [OwnerReference]
    }

    init(version: String, uid: String) {
        self.version = version
        self.uid = uid
    }

    var touchesData: Bool { !set.isEmpty || !removed.isEmpty }

    var isEmpty: Bool { !touchesData && labels.isEmpty && annotations.isEmpty && owners == nil }

    var body: ByteBuffer {
        var json = SecretBuffer(capacity: 4096)
        json.append("{\"metadata\":{\"resourceVersion\":")
        json.appendJSONString(version)
        json.append(",\"uid\":")
        json.appendJSONString(uid)
        if !labels.isEmpty {
            json.append(",\"labels\":")
            json.appendObject(labels)
        }
        if !annotations.isEmpty {
            json.append(",\"annotations\":")
            json.appendObject(annotations)
        }
        if let owners {
            json.append(",\"ownerReferences\":[")
            for (index, owner) in owners.kept.enumerated() {
                if index > 0 { json.append(",") }
                owner.append(to: &json)
            }
            for (index, owner) in owners.added.enumerated() {
                if index > 0 || !owners.kept.isEmpty { json.append(",") }
                json.appendOwner(owner)
            }
            json.append("]")
        }
        json.append("}")
        if touchesData {
            json.append(",\"data\":")
            json.appendData(set, removed: removed)
        }
        json.append("}")
        return json.withUnsafeBytes { ByteBuffer(bytes: $0) }
    }

    /// The JSON of a Secret that is not there yet.
    static func creation(of desired: DesiredSecret, term: String) -> ByteBuffer {
        var annotations = [
            SecretMark.instructions(of: desired.source): desired.instructions, SecretMark.term: term,
            SecretMark.keys(of: desired.source): desired.data.keys.sorted().joined(separator: ","),
        ]
        annotations[SecretMark.podsOf] = desired.deletesWithPodsOf
        var json = SecretBuffer(capacity: 4096)
        json.append("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":")
        json.appendJSONString(desired.type)
        json.append(",\"metadata\":{\"name\":")
        json.appendJSONString(desired.target.name)
        json.append(",\"namespace\":")
        json.appendJSONString(desired.target.namespace)
        json.append(",\"labels\":")
        json.appendObject([SecretMark.label: SecretMark.manager])
        json.append(",\"annotations\":")
        json.appendObject(annotations)
        if !desired.owners.isEmpty {
            json.append(",\"ownerReferences\":[")
            for (index, owner) in desired.owners.enumerated() {
                if index > 0 { json.append(",") }
                json.appendOwner(owner)
            }
            json.append("]")
        }
        json.append("},\"data\":")
        json.appendData(desired.data, removed: [])
        json.append("}")
        return json.withUnsafeBytes { ByteBuffer(bytes: $0) }
    }
}
