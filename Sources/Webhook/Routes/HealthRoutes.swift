import Glibc
import NIOHTTP1
import Synchronization

/// `/healthz`: the process answers. `/readyz`: reviews should be sent here.
struct HealthRoutes: Sendable {
    let readiness: Readiness

    var routes: [Route] {
        [
            Route(path: "/healthz", kind: .page { Answer(.ok, text: "ok") }),
            Route(
                path: "/readyz",
                kind: .page {
                    readiness.obstacle.map { Answer(.serviceUnavailable, text: $0) }
                        ?? Answer(.ok, text: "ok")
                }),
        ]
    }
}

/// Whether the webhook can serve: its certificate is valid now, and it is not about to end.
final class Readiness: Sendable {
    private let certificates: CertificateStore
    private let ending = Atomic(false)

    init(certificates: CertificateStore) { self.certificates = certificates }

    func end() { ending.store(true, ordering: .relaxed) }

    /// `nil` if ready.
    var obstacle: String? {
        if ending.load(ordering: .relaxed) { return "shutting down" }
        let certificate = certificates.current
        let now = time(nil)
        if now < certificate.notBefore { return "the certificate is not valid yet: check the clocks" }
        if now >= certificate.notAfter { return "the certificate has expired: renew the Secret" }
        return nil
    }
}
