/// A request as it arrived.
struct HTTPRequest: Sendable {
    var method: String
    /// The path, still percent-encoded, without the query.
    var path: String
    /// Behind the `?`, percent-encoded.
    var query: String
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var isKeptAlive: Bool

    /// The value of a header that may come once only; twice is as good as not at all.
    func header(_ name: String) -> String? {
        let found = headers.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// The parts of the path, decoded; `nil` when the encoding is broken.
    var segments: [String]? {
        var segments: [String] = []
        for part in path.split(separator: "/") {
            guard let segment = HTTPRequest.decode(part) else { return nil }
            segments.append(segment)
        }
        return segments
    }

    /// A parameter of the query, decoded.
    func parameter(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if HTTPRequest.decode(parts[0]) == name {
                return parts.count > 1 ? HTTPRequest.decode(parts[1]) : ""
            }
        }
        return nil
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
