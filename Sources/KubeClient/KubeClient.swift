import AsyncHTTPClient
package import JSONText
import NIOCore
import NIOHTTP1
import Plan

/// The Kubernetes API as far as the controller needs it: get, create, merge patch and delete of one object,
/// list in pages, watch.
///
///     let client = KubeClient(try KubeConfiguration(server: nil, tokenFile: nil, caFile: nil))
///     let answer = try await client.send(KubeRequest(.get, .secrets, namespace: "app", name: "db"))
///
/// HTTP/1.1 on purpose: each watch has a connection of its own, so that one that stalls delays nobody.
package final class KubeClient: Sendable {
    private let configuration: KubeConfiguration
    private let credentials: Credentials
    private let http: HTTPClient
    private let observer: @Sendable (KubeExchange) -> Void

    /// How often a busy server is asked again, and how long at most until the next time.
    private static let retries = 4
    private static let longestWait: Duration = .seconds(15)

    /// - Parameters:
    ///   - watches: how many there will be at once.
    ///   - observer: called for each request that has ended.
    package init(
        _ configuration: KubeConfiguration, watches: Int = 1,
        observer: @escaping @Sendable (KubeExchange) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.observer = observer
        credentials = Credentials(configuration)
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        settings.timeout.connect = .seconds(5)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = watches + 16
        settings.connectionPool.idleTimeout = .seconds(30)
        // The one who asks decides when to try again.
        settings.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Ends all connections.
    package func shutdown() async { try? await http.shutdown() }

    /// Fails at once where token or CA cannot be read.
    package func check() throws(KubeError) { _ = try credentials.current() }

    /// Sends a request. A server that is busy (429, 503) is asked again after the time it wishes.
    package func send(_ request: KubeRequest) async throws(KubeError) -> KubeAnswer {
        var delay: Duration = .milliseconds(200)
        for _ in 0..<(request.isPatient ? KubeClient.retries : 0) {
            do throws(KubeError) {
                return try await attempt(request)
            } catch {
                guard case .status(let status, _, _) = error, status.code == 429 || status.code == 503 else {
                    throw error
                }
                let wish = min(status.retryAfter ?? delay, KubeClient.longestWait)
                try await KubeClient.sleep(wish + delay * Double.random(in: 0...0.5))
                delay *= 2
            }
        }
        return try await attempt(request)
    }

    /// Once, and once more where a token that has ended was sent.
    private func attempt(_ request: KubeRequest) async throws(KubeError) -> KubeAnswer {
        do throws(KubeError) {
            return try await exchange(request, fresh: false)
        } catch {
            guard error.code == 401 else { throw error }
            return try await exchange(request, fresh: true)
        }
    }

    private func exchange(_ request: KubeRequest, fresh: Bool) async throws(KubeError) -> KubeAnswer {
        let response = try await open(request, fresh: fresh)
        do {
            return KubeAnswer(try await response.body.collect(upTo: request.answerLimit))
        } catch {
            throw KubeClient.explained(error, limit: request.answerLimit)
        }
    }

    /// The head of a successful answer; anything else is thrown.
    private func open(
        _ request: KubeRequest, fresh: Bool
    ) async throws(KubeError) -> HTTPClientResponse {
        let (authorization, trust) = try credentials.current(fresh: fresh)
        var message = HTTPClientRequest(url: configuration.server + (try request.path()))
        message.tlsConfiguration = trust
        message.method = request.method
        message.headers.add(name: "authorization", value: authorization)
        message.headers.add(name: "accept", value: request.accept)
        message.headers.add(name: "user-agent", value: "keeper-injector/\(productVersion)")
        if let body = request.body {
            message.headers.add(
                name: "content-type",
                value: request.verb == .patch ? "application/merge-patch+json" : "application/json")
            message.body = .bytes(body)
        }
        let response: HTTPClientResponse
        do {
            response = try await http.execute(message, timeout: TimeAmount(request.timeout))
        } catch {
            observer(KubeExchange(verb: request.verb, resource: request.resource.plural, code: 0))
            throw KubeClient.explained(error, limit: request.answerLimit)
        }
        let code = Int(response.status.code)
        observer(KubeExchange(verb: request.verb, resource: request.resource.plural, code: code))
        guard (200...299).contains(code) else {
            throw .status(
                await KubeClient.status(of: response), verb: request.verb.rawValue,
                resource: request.resource.plural)
        }
        return response
    }

    private static func status(of response: HTTPClientResponse) async -> KubeStatus {
        let code = Int(response.status.code)
        let seconds = response.headers.first(name: "retry-after").flatMap { UInt16($0) }
        let wish = seconds.map { Duration.seconds(Int($0)) }
        guard let body = try? await response.body.collect(upTo: 64 << 10) else {
            return KubeStatus(code: code, retryAfter: wish)
        }
        let status = try? KubeAnswer.withView(of: body) { view throws(KubeError) in
            KubeStatus(code: code, view: view, retryAfter: wish)
        }
        return status ?? KubeStatus(code: code, retryAfter: wish)
    }

    static func explained(_ error: any Error, limit: Int) -> KubeError {
        if Task.isCancelled || error is CancellationError { return .cancelled }
        switch error {
        case let error as KubeError: return error
        case is NIOTooManyBytesError: return .tooLarge(limit: limit)
        case let error as HTTPClientError:
            switch error {
            case .cancelled: return .cancelled
            case .deadlineExceeded, .readTimeout, .connectTimeout: return .deadline
            default: return .unreachable(reason: error.shortDescription)
            }
        default: return .unreachable(reason: printable("\(error)", limit: 200))
        }
    }

    static func sleep(_ duration: Duration) async throws(KubeError) {
        do { try await Task.sleep(for: duration) } catch { throw .cancelled }
    }
}

// MARK: Lists and watches

extension KubeClient {
    /// All objects of a kind, in pages, as of one moment.
    ///
    /// - Parameter read: makes of an object what is wanted of it; `nil` leaves it out.
    /// - Returns: the version to watch from.
    package func list<Item: Sendable>(
        _ request: KubeRequest, read: (JSONView) throws(KubeError) -> Item?
    ) async throws(KubeError) -> (items: [Item], version: String) {
        var items: [Item] = []
        var next = ""
        // 400 pages of 250: more than a cluster of Kubernetes' largest size has.
        for _ in 0..<400 {
            var page = request
            page.verb = .list
            page.answerLimit = 64 << 20
            page.timeout = .seconds(60)
            page.query += [("limit", "250")] + (next.isEmpty ? [] : [("continue", next)])
            var version = ""
            try await send(page).withView { view throws(KubeError) in
                try KubeClient.append(view, to: &items, read: read)
                let metadata = view.member("metadata")?.value
                next = metadata?.member("continue")?.value.string ?? ""
                version = metadata?.member("resourceVersion")?.value.string ?? ""
            }
            if next.isEmpty { return (items, version) }
        }
        throw .malformed(what: "a list of the Kubernetes API", reason: "has no end")
    }

    private static func append<Item>(
        _ view: JSONView, to items: inout [Item], read: (JSONView) throws(KubeError) -> Item?
    ) throws(KubeError) {
        guard let list = view.member("items")?.value else {
            throw .malformed(what: "a list of the Kubernetes API", reason: "has no items")
        }
        try list.forEach { (object) throws(KubeError) in
            if let item = try read(object) { items.append(item) }
        }
    }

    /// Follows changes until the server ends the watch, which it does after `seconds`.
    ///
    /// - Parameters:
    ///   - version: where to begin; afterwards where to go on.
    ///   - read: makes of an event what is wanted of it.
    ///   - deliver: takes that, in order.
    /// - Throws: `KubeError`; `isExpired` where it has to be listed anew.
    package func watch<Item: Sendable>(
        _ request: KubeRequest, from version: inout String, seconds: Int,
        read: (WatchEvent, JSONView) throws(KubeError) -> Item?, deliver: (Item) async -> Void
    ) async throws(KubeError) {
        var request = request
        request.verb = .watch
        request.query += [
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", version),
            ("timeoutSeconds", String(seconds)),
        ]
        // A server that does not keep its word is left.
        request.timeout = .seconds(seconds + 15)
        let response: HTTPClientResponse
        do throws(KubeError) {
            response = try await open(request, fresh: false)
        } catch {
            guard error.code == 401 else { throw error }
            response = try await open(request, fresh: true)
        }
        var lines = LineSplitter(limit: request.answerLimit)
        var chunks = response.body.makeAsyncIterator()
        while let chunk = try await KubeClient.next(&chunks, limit: request.answerLimit) {
            try lines.add(chunk)
            while let line = lines.next() {
                let event = try KubeAnswer.withView(of: line) { view throws(KubeError) in
                    try KubeClient.event(view, request, read)
                }
                if let seen = event.version { version = seen }
                if let item = event.item { await deliver(item) }
            }
        }
    }

    private static func next(
        _ chunks: inout HTTPClientResponse.Body.AsyncIterator, limit: Int
    ) async throws(KubeError) -> ByteBuffer? {
        do { return try await chunks.next() } catch { throw explained(error, limit: limit) }
    }

    private static func event<Item>(
        _ view: JSONView, _ request: KubeRequest,
        _ read: (WatchEvent, JSONView) throws(KubeError) -> Item?
    ) throws(KubeError) -> (version: String?, item: Item?) {
        guard let type = view.member("type")?.value, let object = view.member("object")?.value else {
            throw .malformed(what: "an event of a watch", reason: "has no type or no object")
        }
        if type.isString("ERROR") {
            throw .status(
                KubeStatus(code: 0, view: object), verb: "watch", resource: request.resource.plural)
        }
        // What later versions of the API may tell is not for us.
        guard let event = WatchEvent(type) else { return (nil, nil) }
        let version = object.member("metadata")?.value.member("resourceVersion")?.value.string
        return (version, event == .bookmark ? nil : try read(event, object))
    }
}

extension KubeRequest {
    fileprivate var method: HTTPMethod {
        switch verb {
        case .get, .list, .watch: .GET
        case .create: .POST
        case .patch: .PATCH
        case .delete: .DELETE
        }
    }

    fileprivate var accept: String {
        guard metadataOnly else { return "application/json" }
        let kind = verb == .list ? "PartialObjectMetadataList" : "PartialObjectMetadata"
        return "application/json;as=\(kind);g=meta.k8s.io;v=v1"
    }
}
