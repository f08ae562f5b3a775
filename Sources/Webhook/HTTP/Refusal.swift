import NIOHTTP1

/// Why a request is answered without a look at its body.
enum Refusal: Sendable, Equatable {
    case noRoute
    case method(HTTPMethod)
    case contentType
    case tooLarge(limit: Int)
    case overdue

    var status: HTTPResponseStatus {
        switch self {
        case .noRoute: .notFound
        case .method: .methodNotAllowed
        case .contentType: .unsupportedMediaType
        case .tooLarge: .payloadTooLarge
        case .overdue: .requestTimeout
        }
    }

    var message: String {
        switch self {
        case .noRoute: "nothing is served at this path; the webhook is POST /mutate"
        case .method(let method): "this path is for \(method.rawValue) only"
        case .contentType: "the body must be application/json"
        case .tooLarge(let limit): "the body is larger than \(limit) bytes"
        case .overdue: "the request was not complete in time"
        }
    }

    /// `reason` of the metric.
    var reason: String {
        switch self {
        case .noRoute: "no_route"
        case .method: "method"
        case .contentType: "content_type"
        case .tooLarge: "too_large"
        case .overdue: "timeout"
        }
    }
}
