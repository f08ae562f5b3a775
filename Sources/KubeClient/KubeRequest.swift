package import NIOCore

/// One request of the Kubernetes API.
package struct KubeRequest: Sendable {
    /// As RBAC names it; `list` and `watch` have methods of their own in `KubeClient`.
    package enum Verb: String, Sendable {
        case get, list, watch, create, patch, delete
    }

    package var verb: Verb
    package var resource: KubeResource
    package var namespace: String?
    package var name: String?
    package var query: [(String, String)] = []
    /// JSON. A patch is a JSON merge patch (RFC 7386).
    package var body: ByteBuffer?
    /// Asks for `metadata` alone.
    package var metadataOnly = false
    /// The largest answer that is read, in bytes.
    package var answerLimit = 4 << 20
    /// From the first byte sent to the last one read.
    package var timeout: Duration = .seconds(15)
    /// Whether to wait and try again where the API server is busy.
    package var isPatient = true

    package init(
        _ verb: Verb, _ resource: KubeResource, namespace: String?, name: String? = nil,
        body: ByteBuffer? = nil
    ) {
        self.verb = verb
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.body = body
    }

    func path() throws(KubeError) -> String {
        var path = try resource.path(namespace: namespace, name: name)
        for (index, (key, value)) in query.enumerated() {
            path += (index == 0 ? "?" : "&") + key + "=" + KubeRequest.encoded(value)
        }
        return path
    }

    /// Percent-encoding of all but unreserved characters (RFC 3986).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
