import Admission
import NIOCore
import NIOHTTP1

/// `POST /mutate`: one AdmissionReview in, one out.
struct AdmissionRoute: Sendable {
    static let path = "/mutate"

    let handler: AdmissionHandler
    let metrics: WebhookMetrics
    let audit: AuditLog

    var route: Route { Route(path: AdmissionRoute.path, kind: .json(answer)) }

    @Sendable private func answer(_ body: ByteBuffer) -> Answer {
        let start = NIODeadline.now()
        let answer = body.withUnsafeReadableBytes { handler.answer($0) }
        metrics.answered(answer.audit.result, in: .now() - start)
        audit.record(answer.audit)
        return Answer(
            answer.status == 200 ? .ok : .badRequest, .json, ByteBuffer(bytes: answer.body))
    }
}
