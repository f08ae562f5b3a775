package import Injection
import JSONText

/// Answers an AdmissionReview (admission.k8s.io/v1). It knows nothing of HTTP and does no I/O.
package struct AdmissionHandler: Sendable {
    package let injector: Injector

    package init(injector: Injector) { self.injector = injector }

    /// - Parameter body: what the API server sent.
    package func answer(_ body: UnsafeRawBufferPointer) -> AdmissionAnswer {
        AdmissionAnswer(status: 400, body: [], audit: AuditEntry(result: .malformed))
    }
}
