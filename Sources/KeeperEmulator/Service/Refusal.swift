/// An error answer of Keeper's (KSM-PROTOCOL, section 4).
struct Refusal: Error, Equatable {
    var status: Int
    var code: String
    var message: String
    /// With `key`: the id to use.
    var keyID: String?
    /// With `throttled`: seconds.
    var retryAfter: Int?

    static func badRequest(_ message: String) -> Refusal {
        Refusal(status: 400, code: "bad_request", message: message)
    }

    static func accessDenied(_ message: String) -> Refusal {
        Refusal(status: 403, code: "access_denied", message: message)
    }

    static func signature(_ message: String) -> Refusal {
        Refusal(status: 403, code: "signature", message: message)
    }

    static func clientVersion(_ message: String) -> Refusal {
        Refusal(status: 400, code: "invalid_client_version", message: message)
    }

    static func key(_ id: String) -> Refusal {
        Refusal(status: 400, code: "key", message: "use another public key", keyID: id)
    }

    static func throttled(retryAfter: Int?) -> Refusal {
        Refusal(status: 403, code: "throttled", message: "too many requests", retryAfter: retryAfter)
    }

    /// The answer for a request to `path`.
    func response(path: String) -> HTTPResponse {
        var members: [JSON.Member] = [
            .init("path", .string(path)), .init("additional_info", ""), .init("location", ""),
            .init("error", .string(code)), .init("message", .string(message)),
        ]
        // A number in Keeper's own answers.
        if let keyID { members.append(.init("key_id", Int(keyID).map { .number($0) } ?? .string(keyID))) }
        if let retryAfter { members.append(.init("retry_after", .number(retryAfter))) }
        return HTTPResponse(status, json: .object(members))
    }
}
