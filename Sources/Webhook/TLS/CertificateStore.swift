import Synchronization

/// The certificate of new connections. Those that are open keep theirs.
package final class CertificateStore: Sendable {
    private struct State: Sendable {
        var certificate: Certificate
        /// What could not be loaded, so that it is told once and not each second.
        var failed: Failed?
    }

    private struct Failed: Sendable, Equatable {
        var stamps: [FileStamp]?
        var error: CertificateError
    }

    package enum Reload: Sendable, Equatable {
        case unchanged
        /// - Parameter notAfter: seconds since 1970.
        case loaded(notAfter: Int)
        /// The old certificate goes on being used.
        case failed(CertificateError)
    }

    private let files: CertificateFiles
    private let state: Mutex<State>

    /// - Throws: `CertificateError` if the files cannot be used now.
    package init(_ files: CertificateFiles) throws(CertificateError) {
        self.files = files
        state = Mutex(State(certificate: try Certificate(files), failed: nil))
    }

    var current: Certificate { state.withLock { $0.certificate } }

    /// Loads the files if they are others than those in use, or those that failed.
    package func reload() -> Reload {
        let (used, failed) = state.withLock { ($0.certificate.stamps, $0.failed) }
        var stamps: [FileStamp]?
        do throws(CertificateError) {
            let now = try files.stamps()
            stamps = now
            if now == used {
                state.withLock { $0.failed = nil }
                return .unchanged
            }
            if now == failed?.stamps { return .unchanged }
            let certificate = try Certificate(files)
            state.withLock { $0 = State(certificate: certificate, failed: nil) }
            return .loaded(notAfter: certificate.notAfter)
        } catch {
            let failure = Failed(stamps: stamps, error: error)
            if failure == failed { return .unchanged }
            state.withLock { $0.failed = failure }
            return .failed(error)
        }
    }
}
