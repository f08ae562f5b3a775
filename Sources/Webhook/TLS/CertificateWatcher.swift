import ServiceLifecycle
import Telemetry

/// Looks every second whether the files have changed. `stat` is what works for every way of changing
/// them: a Secret volume's symlink swap, cert-manager's CSI driver, a copy over NFS; inotify sees only some.
struct CertificateWatcher: Service {
    let store: CertificateStore
    let metrics: WebhookMetrics
    let log: Log

    func run() async throws {
        while true {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            } catch {
                return  // the end of the service
            }
            switch store.reload() {
            case .unchanged: break
            case .loaded(let notAfter):
                metrics.certificateLoaded()
                log.info("certificate reloaded", ["not_after": .integer(notAfter)])
            case .failed(let error):
                metrics.error("certificate")
                log.error(
                    "certificate not reloaded, the old one stays", ["error": .string(error.message)])
            }
        }
    }
}
