import Glibc
package import Plan

/// `reload-url`: a POST without a body to the app on the pod's own loopback.
///
///     try ReloadRequest(url: "http://127.0.0.1:8080/-/reload", cancellation: cancellation).send()
package struct ReloadRequest {
    /// Known to begin with `http://` and a loopback's name.
    package let url: String
    private let cancellation: Cancellation

    private static let delays: [Duration] = [.milliseconds(200), .milliseconds(400), .milliseconds(800)]

    package init(url: String, cancellation: Cancellation) {
        self.url = url
        self.cancellation = cancellation
    }

    /// Tries up to four times, 5 s each; an answer 2xx is well.
    package func send() throws(ReloadError) {
        for delay in Self.delays {
            do throws(ReloadError) {
                return try attempt()
            } catch {
                if cancellation.wait(for: delay) { throw error }
            }
        }
        try attempt()
    }

    private func attempt() throws(ReloadError) {
        let transport: HTTPTransport
        do throws(KeeperError) {
            transport = try HTTPTransport(
                options: ClientOptions(answerLimit: 64 << 10), cancellation: cancellation)
        } catch {
            throw .failed(url: url, reason: error.message)
        }
        var request = HTTPRequest(url: url, headers: ["User-Agent: keeper-injector"], body: [])
        request.isLoopback = true
        let response: HTTPResponse
        do throws(TransportError) {
            response = try transport.perform(request, timeout: .seconds(5))
        } catch {
            throw .failed(url: url, reason: error.reason)
        }
        guard (200..<300).contains(response.status) else {
            throw .failed(url: url, reason: "the app answered HTTP \(response.status)")
        }
    }
}

/// The app did not take the word that its secrets have changed.
package enum ReloadError: ExplainedError {
    case failed(url: String, reason: String)

    package var message: String {
        switch self {
        case .failed(let url, let reason): "POST \(printable(url)): \(reason)"
        }
    }
    package var hint: String? {
        "check that the app listens there, on the loopback, and answers 2xx to POST"
    }
    package var exitCode: CommandStatus { .failed }
}
