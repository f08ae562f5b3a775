import JSONText
import Plan

/// What the API server says instead of an answer: `kind: Status`.
package struct KubeStatus: Equatable, Sendable {
    package var code: Int
    /// `NotFound`, `Conflict`, `Expired`, …; empty where the answer was no Status.
    package var reason: String
    /// Clipped and printable.
    package var message: String
    /// What a busy server asks for.
    package var retryAfter: Duration?

    package init(code: Int, reason: String = "", message: String = "", retryAfter: Duration? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Of an answer's body, or of the object of an ERROR event.
    init(code: Int, view: JSONView?, retryAfter: Duration? = nil) {
        self.init(code: code, retryAfter: retryAfter)
        guard let view, view.member("kind")?.value.isString("Status") == true else { return }
        reason = printable(view.member("reason")?.value.string ?? "", limit: 60)
        message = printable(view.member("message")?.value.string ?? "", limit: 300)
        if code == 0, let own = view.member("code")?.value.integer { self.code = Int(clamping: own) }
    }
}
