import Plan
import SecretMemory

/// The JSON of an answer that is not HTTP 200 (KSM-PROTOCOL, section 4). Its texts are printable.
struct ServerRefusal: Equatable {
    /// `result_code` or `error`.
    var code: String
    /// `message` and `additional_info`.
    var text: String
    /// `key_id`: the server's key to use.
    var keyID: String?
    /// `retry_after` in seconds.
    var retryAfter: Double?

    /// - Returns: `nil` when the body is not of that form, such as a proxy's page.
    init?(parsing body: [UInt8]) {
        guard body.count <= 1 << 20,
            let root = try? JSONDocument(
                parsing: SecretBytes(body), limits: JSONLimits(depth: 20, values: 10_000)
            ).root,
            let code = root["result_code"]?.string ?? root["error"]?.string, !code.isEmpty
        else { return nil }
        self.code = printable(code, limit: 60)
        let texts = [root["message"]?.string, root["additional_info"]?.string].compactMap(\.self)
        text = printable(texts.filter { !$0.isEmpty }.joined(separator: "; "))
        if let id = root["key_id"] {
            let digits = id.string ?? id.integer.map(String.init) ?? ""
            let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            keyID = isNumber && digits.utf8.count <= 20 ? digits : nil
        }
        if let wish = root["retry_after"] {
            let seconds = wish.double ?? wish.string.flatMap(Double.init)
            retryAfter = seconds.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        }
    }
}

/// What to do about an answer that is not HTTP 200.
enum Verdict: Equatable {
    case switchKey(id: String)
    case throttled(wish: Double?)
    case transient(KeeperError)
    case permanent(KeeperError)

    init(status: Int, body: [UInt8], host: String) {
        let refusal = ServerRefusal(parsing: body)
        // A gateway's 5xx may carry any text; only 403 counts as throttled, as in the official client,
        // and 429, which gateways send.
        if status == 403, refusal?.code == "throttled" {
            self = .throttled(wish: refusal?.retryAfter)
        } else if status == 429 {
            self = .throttled(wish: refusal?.retryAfter)
        } else if status >= 500 || status == 408 {
            let text = refusal.map { "\($0.code) \($0.text)" } ?? Verdict.page(body)
            self = .transient(.strangeAnswer(host: host, status: status, text: text))
        } else if let refusal, status >= 400 {
            if refusal.code == "key", let id = refusal.keyID {
                self = .switchKey(id: id)
            } else {
                self = .permanent(.refused(code: refusal.code, text: refusal.text))
            }
        } else {
            self = .permanent(
                .strangeAnswer(host: host, status: status, text: Verdict.page(body)))
        }
    }

    /// The beginning of a page, to recognise it by.
    private static func page(_ body: [UInt8]) -> String {
        printable(String(decoding: body.prefix(400), as: UTF8.self), limit: 120)
    }
}
