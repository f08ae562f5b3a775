import Injection
import JSONText

extension AdmissionAnswer {
    /// Where no review could be read.
    init(refusing reason: String) {
        var json = JSONWriter(capacity: 256)
        json.raw("{\"error\":")
        json.string(reason)
        json.raw("}")
        var entry = AuditEntry(result: .malformed)
        entry.reasons = [reason]
        self.init(status: 400, body: json.bytes, audit: entry)
    }

    /// The review is fine, its object is not a pod.
    init(_ review: Review, unreadable error: PodError) {
        var entry = review.entry(.malformed)
        entry.reasons = ["\(error)"]
        var json = AdmissionAnswer.begin(review, allowed: false)
        AdmissionAnswer.status(400, "BadRequest", "not a pod: \(error)", to: &json)
        json.raw("}}")
        self.init(status: 200, body: json.bytes, audit: entry)
    }

    init(_ review: Review, _ decision: Decision) {
        var entry: AuditEntry
        var json: JSONWriter
        switch decision.outcome {
        case .unchanged(let reason):
            entry = review.entry(.unchanged)
            entry.reasons = [reason]
            json = AdmissionAnswer.begin(review, allowed: true)
        case .patched(let patch, let summary):
            entry = review.entry(.injected)
            entry.injected = AuditEntry.Injected(
                containers: summary.injectedContainers, backend: summary.plan.backend.rawValue,
                selections: summary.plan.selections.count + summary.plan.folders.count,
                accessRule: summary.accessRule.number)
            json = AdmissionAnswer.begin(review, allowed: true)
            json.raw(",\"patchType\":\"JSONPatch\",\"patch\":")
            json.base64(patch)
        case .denied(let error):
            entry = review.entry(.denied)
            entry.reasons = error.mistakes.map(\.description)
            json = AdmissionAnswer.begin(review, allowed: false)
            AdmissionAnswer.status(422, "Invalid", error.message, to: &json)
        }
        if !decision.warnings.isEmpty {
            json.raw(",\"warnings\":[")
            for warning in decision.warnings {
                json.separate()
                json.string(warning)
            }
            json.raw("]")
        }
        json.raw("}}")
        self.init(status: 200, body: json.bytes, audit: entry)
    }

    private static func begin(_ review: Review, allowed: Bool) -> JSONWriter {
        var json = JSONWriter(capacity: 8192)
        json.raw(
            "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{\"uid\":")
        json.string(review.uid)
        json.raw(allowed ? ",\"allowed\":true" : ",\"allowed\":false")
        return json
    }

    private static func status(
        _ code: Int, _ reason: StaticString, _ message: String, to json: inout JSONWriter
    ) {
        json.raw(",\"status\":{\"status\":\"Failure\",\"code\":")
        json.integer(code)
        json.raw(",\"reason\":\"")
        json.raw(reason)
        json.raw("\",\"message\":")
        json.string(message)
        json.raw("}")
    }
}

extension AccessRule {
    /// Of the contract's section 3.
    fileprivate var number: Int {
        switch self {
        case .annotation: 1
        case .containersUser: 2
        case .fsGroup: 3
        case .supplementalGroup: 4
        }
    }
}
