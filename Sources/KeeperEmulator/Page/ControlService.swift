/// The page for people and the JSON API behind it, in plain HTTP on the loopback interface.
///
/// Any page in a browser can send requests to this port, so who asks is checked: the name in `Host`
/// (a foreign name that was made to resolve to 127.0.0.1 fails here) and, where the browser tells it,
/// the origin.
struct ControlService: Sendable {
    let keeper: KeeperService
    /// Of the HTTPS service.
    let hostname: String

    /// Answers the requests of one connection.
    func serve(_ socket: Socket) {
        socket.setTimeout(seconds: 120)
        var reader = HTTPReader(socket)
        do {
            while let request = try reader.next() {
                try socket.write(answer(request).encoded(keepAlive: request.isKeptAlive))
                if !request.isKeptAlive { break }
            }
        } catch let refusal as HTTPReader.Refusal {
            let answer = ControlError(refusal.status, refusal.reason).response
            try? socket.write(answer.encoded(keepAlive: false))
        } catch {
            // The browser is gone.
        }
        socket.drain()
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        var answer: HTTPResponse
        do {
            try checkOrigin(of: request)
            answer = try route(request)
        } catch let error as ControlError {
            answer = error.response
        } catch let error as VaultError {
            answer = ControlError(error).response
        } catch {
            answer = ControlError(400, "\(error)").response
        }
        answer.headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        return answer
    }

    private func checkOrigin(of request: HTTPRequest) throws(ControlError) {
        guard let host = request.header("host") else { throw ControlError(400, "the header Host is missing") }
        let name = host.hasSuffix("]") ? host : host.split(separator: ":").dropLast().joined(separator: ":")
        guard ["127.0.0.1", "localhost", "[::1]"].contains(name.isEmpty ? host : name) else {
            throw ControlError(403, "this page is reached as 127.0.0.1 or localhost only")
        }
        let origins = request.headers.filter { $0.name == "origin" }
        guard origins.allSatisfy({ $0.value == "http://\(host)" }) else {
            throw ControlError(403, "requests of other origins are refused")
        }
        if let site = request.header("sec-fetch-site"), site != "same-origin", site != "none",
            request.method != "GET"
        {
            throw ControlError(403, "requests of other origins are refused")
        }
    }

    private func route(_ request: HTTPRequest) throws -> HTTPResponse {
        guard let segments = request.segments else { throw ControlError(400, "the path is malformed") }
        let api = ControlAPI(keeper: keeper, hostname: hostname)
        if segments.isEmpty {
            guard request.method == "GET" else { throw ControlError(405, "GET is expected") }
            return Page.response()
        }
        guard segments[0] == "api" else { throw ControlError(404, "there is no such page") }
        let parts = Array(segments.dropFirst())
        switch (request.method, parts.first, parts.count) {
        case ("GET", "records", 1): return api.records()
        case ("GET", "records", 2): return try api.record(parts[1])
        case ("PUT", "records", 2): return try api.change(parts[1], request)
        case ("DELETE", "records", 2): return try api.remove(parts[1])
        case ("PUT", "records", 4) where parts[2] == "fields":
            return try api.setField(parts[3], of: parts[1], request)
        case ("GET", "faults", 1): return api.faults()
        case ("POST", "faults", 1): return try api.setFaults(request)
        case ("GET", "counters", 1): return api.counters()
        case ("DELETE", "counters", 1): return api.resetCounters()
        case ("GET", "clients", 1): return api.clients()
        case ("POST", "clients", 3) where parts[2] == "revoke": return try api.revoke(parts[1])
        case ("POST", "tokens", 1): return try api.newToken()
        default: throw ControlError(404, "there is no \(request.method) \(request.path)")
        }
    }
}

/// Why the page's API refuses something.
struct ControlError: Error {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ error: VaultError) {
        let status =
            switch error {
            case .unknownRecord, .unknownField, .unknownFile, .unknownFolder: 404
            case .ambiguousRecord, .takenUID: 409
            case .malformedUID, .file: 400
            }
        self.init(status, error.description)
    }

    var response: HTTPResponse { HTTPResponse(status, json: ["error": .string(message)]) }
}
