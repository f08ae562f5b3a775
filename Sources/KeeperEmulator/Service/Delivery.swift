/// An answer and the manner in which it is sent.
struct Delivery {
    enum Manner {
        case whole
        case slow(bytesPerSecond: Int)
        case truncated
        case reset
        case silent
    }

    var response: HTTPResponse
    var manner = Manner.whole

    init(_ response: HTTPResponse) { self.response = response }

    /// What a fault makes of a good answer, and the name under which it is counted.
    func spoiled(by fault: Fault) -> (Delivery, result: String) {
        var spoiled = self
        switch fault.kind {
        case .status(let status):
            spoiled.response =
                Refusal(status: status, code: "server_error", message: "injected").response(path: "")
            return (spoiled, "\(status)")
        case .proxyPage:
            let page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
            spoiled.response = HTTPResponse(502, type: "text/html", body: Array(page.utf8))
            return (spoiled, "proxy")
        case .reset:
            spoiled.manner = .reset
            return (spoiled, "reset")
        case .hang:
            spoiled.manner = .silent
            return (spoiled, "hang")
        case .slow(let bytes):
            spoiled.manner = .slow(bytesPerSecond: bytes)
            return (spoiled, "slow")
        case .truncate:
            spoiled.manner = .truncated
            return (spoiled, "truncate")
        case .corruptBody:
            if !response.body.isEmpty { spoiled.response.body[response.body.count / 2] ^= 1 }
            return (spoiled, "corrupt")
        case .corruptRecord: return (self, "corrupt-record")
        case .corruptFile: return (self, "corrupt-file")
        case .throttle, .error, .wrongKey, .closeInTLS, .hangInTLS:
            // They leave no answer that could be spoiled.
            return (self, "ok")
        }
    }
}
