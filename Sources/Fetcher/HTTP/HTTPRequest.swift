/// One request, over HTTPS unless it stays on this machine.
struct HTTPRequest {
    var url: String
    /// `Name: value`.
    var headers: [String] = []
    /// POST with this body; `nil` for GET.
    var body: [UInt8]?
    /// Redirects that are followed, to https only.
    var redirects = 0
    /// Plain HTTP to the loopback: the one case in which nothing is encrypted.
    var isLoopback = false
}

/// What came back.
struct HTTPResponse {
    var status: Int
    /// Encrypted, or an error's text.
    var body: [UInt8]
}
