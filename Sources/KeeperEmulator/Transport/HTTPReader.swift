/// Reads requests one after the other from a connection, within limits.
///
/// Strict: HTTP/1.1 or 1.0, a `Content-Length` where there is a body, no chunks, no folded headers.
struct HTTPReader {
    /// Bytes of request line and headers.
    static let headLimit = 32 * 1024
    /// Bytes of a body. Requests of KSM's clients take some hundred.
    static let bodyLimit = 1024 * 1024

    /// What a request is refused with; the connection closes then.
    struct Refusal: Error {
        let status: Int
        let reason: String
    }

    private let stream: any ByteStream
    private var buffer: [UInt8] = []

    init(_ stream: any ByteStream) { self.stream = stream }

    /// - Returns: `nil` when the peer has nothing more to ask.
    /// - Throws: `Refusal`, `TransportError`.
    mutating func next() throws -> HTTPRequest? {
        guard let end = try findHeadEnd() else { return nil }
        let head = String(validating: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 4)
        guard let head else { throw Refusal(status: 400, reason: "the header is not UTF-8") }
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        var request = try parse(line: lines.popFirst() ?? "")
        request.headers = try lines.map(parse(header:))
        let connection = request.header("connection")?.lowercased()
        request.isKeptAlive =
            connection == "close" ? false : request.isKeptAlive || connection == "keep-alive"
        request.body = try readBody(of: request)
        return request
    }

    private mutating func findHeadEnd() throws -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        var searched = 0
        while true {
            var index = max(0, searched - 3)
            while index + 4 <= buffer.count {
                if buffer[index] == 0x0D, buffer[index..<index + 4].elementsEqual(mark) {
                    guard index <= HTTPReader.headLimit else { throw headTooLarge }
                    return index
                }
                index += 1
            }
            searched = buffer.count
            guard buffer.count <= HTTPReader.headLimit else { throw headTooLarge }
            guard try fill() else {
                if buffer.isEmpty { return nil }
                throw TransportError.closed
            }
        }
    }

    private var headTooLarge: Refusal { Refusal(status: 431, reason: "the header is over 32 KiB") }

    private func parse(line: Substring) throws -> HTTPRequest {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[1].first == "/" else {
            throw Refusal(status: 400, reason: "the request line is malformed")
        }
        guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
            throw Refusal(status: 505, reason: "HTTP/1.1 is spoken here")
        }
        let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return HTTPRequest(
            method: String(parts[0]), path: String(target[0]),
            query: target.count > 1 ? String(target[1]) : "",
            headers: [], body: [], isKeptAlive: parts[2] == "HTTP/1.1")
    }

    private func parse(header line: Substring) throws -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
            !line[..<colon].contains(where: \.isWhitespace)
        else { throw Refusal(status: 400, reason: "a header line is malformed") }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let trimmed = value.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        return (line[..<colon].lowercased(), String(trimmed))
    }

    private mutating func readBody(of request: HTTPRequest) throws -> [UInt8] {
        if request.headers.contains(where: { $0.name == "transfer-encoding" }) {
            throw Refusal(status: 411, reason: "a Content-Length is expected, not chunks")
        }
        guard request.headers.contains(where: { $0.name == "content-length" }) else {
            if request.method == "GET" || request.method == "HEAD" || request.method == "DELETE" { return [] }
            throw Refusal(status: 411, reason: "a Content-Length is expected")
        }
        guard let text = request.header("content-length"), text.allSatisfy(\.isWholeNumber),
            let length = Int(text)
        else { throw Refusal(status: 400, reason: "the Content-Length is malformed") }
        guard length <= HTTPReader.bodyLimit else {
            throw Refusal(status: 413, reason: "the body is over 1 MiB")
        }
        if request.header("expect")?.lowercased() == "100-continue", buffer.count < length {
            try stream.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        while buffer.count < length {
            guard try fill() else { throw TransportError.closed }
        }
        let body = Array(buffer[..<length])
        buffer.removeFirst(length)
        return body
    }

    /// - Returns: `false` at the end.
    private mutating func fill() throws -> Bool {
        let count = try withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 16) { chunk in
            let count = try stream.read(into: chunk)
            buffer += chunk[..<count]
            return count
        }
        return count > 0
    }
}
