import NIOCore
import NIOHTTP1

/// One path of a port.
struct Route: Sendable {
    enum Kind: Sendable {
        /// GET and HEAD; a body is not read.
        case page(@Sendable () -> Answer)
        /// POST of JSON.
        case json(@Sendable (ByteBuffer) -> Answer)
    }

    let path: String
    let kind: Kind
}

/// The paths of one port. It answers from the head alone what can be.
struct Routes: Sendable {
    private let routes: [String: Route]
    private let bodyLimit: Int

    init(_ routes: [Route], bodyLimit: Int) {
        self.routes = Dictionary(routes.map { ($0.path, $0) }) { first, _ in first }
        self.bodyLimit = bodyLimit
    }

    func route(for head: HTTPRequestHead) throws(Refusal) -> Route {
        // kube-apiserver asks for /mutate?timeout=10s.
        let path = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(head.uri[..<$0]) } ?? head.uri
        guard let route = routes[path] else { throw .noRoute }
        switch route.kind {
        case .page:
            guard head.method == .GET || head.method == .HEAD else { throw .method(.GET) }
        case .json:
            guard head.method == .POST else { throw .method(.POST) }
            guard head.headers.first(name: "content-type").map(isJSON) == true else { throw .contentType }
            if let length = head.headers.first(name: "content-length"), Int(length) ?? .max > bodyLimit {
                throw .tooLarge(limit: bodyLimit)
            }
        }
        return route
    }

    /// `application/json`, in any case, with or without parameters (RFC 9110, section 8.3.1).
    private func isJSON(_ value: String) -> Bool {
        let type = value.prefix { $0 != ";" }.trimmingSuffix { $0 == " " || $0 == "\t" }
        return type.lowercased() == "application/json"
    }
}

extension Refusal: Error {}

extension Substring {
    fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, matches(last) { text.removeLast() }
        return text
    }
}
