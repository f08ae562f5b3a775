import JSONText
import NIOCore
import NIOHTTP1

/// What a request is answered with.
struct Answer: Sendable {
    var status: HTTPResponseStatus
    var contentType: ContentType
    var body: ByteBuffer
    /// Of a 405.
    var allow: HTTPMethod?

    enum ContentType: String, Sendable {
        case json = "application/json"
        case text = "text/plain; charset=utf-8"
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    init(_ status: HTTPResponseStatus, _ contentType: ContentType, _ body: ByteBuffer) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    init(_ status: HTTPResponseStatus, text: String) {
        self.init(status, .text, ByteBuffer(string: text + "\n"))
    }

    /// What could not be taken as a request, as `{"error":…}`.
    init(_ refusal: Refusal) {
        var json = JSONWriter(capacity: 256)
        json.raw("{\"error\":")
        json.string(refusal.message)
        json.raw("}\n")
        self.init(refusal.status, .json, ByteBuffer(bytes: json.bytes))
        if case .method(let method) = refusal { allow = method }
    }

    func head(keepAlive: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(5)
        headers.add(name: "content-type", value: contentType.rawValue)
        headers.add(name: "content-length", value: String(body.readableBytes))
        // The answer is about one pod: nothing between us and the API server may keep or interpret it.
        headers.add(name: "cache-control", value: "no-store")
        headers.add(name: "x-content-type-options", value: "nosniff")
        if let allow { headers.add(name: "allow", value: allow.rawValue) }
        if !keepAlive { headers.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
