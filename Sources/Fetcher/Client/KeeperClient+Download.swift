import KeeperCrypto
import Plan
package import SecretMemory
package import Vault

extension KeeperClient {
    /// Downloads and decrypts an attachment.
    ///
    /// Its address was signed by Keeper beforehand and may be another host's: nothing of ours is sent.
    /// - Throws: `KeeperError`; `.attachment` when the address is of no use any more.
    package func download(
        _ attachment: Attachment, deadline: ContinuousClock.Instant? = nil
    ) throws(KeeperError) -> SecretBytes {
        let host = try KeeperClient.host(of: attachment)
        var patience = Patience(
            operation: .download, options: channel.options, rounds: channel.rounds, deadline: deadline,
            cancellation: channel.cancellation, observer: channel.observer)
        while true {
            let timeout = try patience.timeout(host: host)
            let start = ContinuousClock.now
            let result = Result { () throws(DownloadFailure) in
                try attempt(attachment, host: host, timeout: timeout, attempts: patience.attempts)
            }
            let failure: Failure? = if case .failure(let error) = result { error.label } else { nil }
            channel.observer(
                .requested(.download, failure: failure, duration: ContinuousClock.now - start))
            switch result {
            case .success(let content): return content
            case .failure(let error):
                guard error.isTransient else { throw error.error }
                try patience.wait(after: error.error)
            }
        }
    }

    private struct DownloadFailure: Error {
        var error: KeeperError
        var label: Failure
        var isTransient: Bool
    }

    private func attempt(
        _ attachment: Attachment, host: String, timeout: Duration, attempts: Int
    ) throws(DownloadFailure) -> SecretBytes {
        let response: HTTPResponse
        do throws(TransportError) {
            let request = HTTPRequest(url: attachment.url, redirects: 3)
            response = try channel.transport.perform(request, timeout: timeout)
        } catch {
            switch Verdict(error, host: host, attempts: attempts) {
            case .transient(let reason):
                throw DownloadFailure(error: reason, label: error.failure, isTransient: true)
            case .permanent(let reason):
                throw DownloadFailure(error: reason, label: error.failure, isTransient: false)
            case .switchKey, .throttled:
                throw DownloadFailure(
                    error: .internal("download"), label: error.failure, isTransient: false)
            }
        }
        guard response.status == 200 else {
            // What such a page says is the store's business, and may quote the signed address.
            let isTransient = response.status >= 500 || response.status == 408 || response.status == 429
            throw DownloadFailure(
                error: .attachment(uid: attachment.uid, reason: "\(host) answered HTTP \(response.status)"),
                label: .httpStatus, isTransient: isTransient)
        }
        do throws(CryptoError) {
            return try AES.openGCM(response.body, key: attachment.key)
        } catch {
            throw DownloadFailure(
                error: .attachment(uid: attachment.uid, reason: "the content of \(host) \(error)"),
                label: .undecryptable, isTransient: true)
        }
    }

    /// The host of an attachment's address, for messages: the rest of it opens the file.
    private static func host(of attachment: Attachment) throws(KeeperError) -> String {
        let url = attachment.url
        guard url.lowercased().hasPrefix("https://") else {
            throw .attachment(uid: attachment.uid, reason: "its address is not https")
        }
        guard !url.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .attachment(uid: attachment.uid, reason: "its address has control characters")
        }
        let rest = url.dropFirst("https://".count).prefix { !"/?#".contains($0) }
        return printable(String(rest.split(separator: "@").last ?? ""), limit: 100)
    }
}
