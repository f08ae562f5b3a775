package import Injection
import JSONText

/// Answers an AdmissionReview (admission.k8s.io/v1). It knows nothing of HTTP and does no I/O.
package struct AdmissionHandler: Sendable {
    package let injector: Injector

    package init(injector: Injector) { self.injector = injector }

    /// - Parameter body: what the API server sent.
    package func answer(_ body: UnsafeRawBufferPointer) -> AdmissionAnswer {
        do throws(JSONError) {
            let nodes = try JSONParser.parse(body, limits: JSONLimits(values: 200_000))
            return JSONView.with(nodes, of: body) { answer(to: $0) }
        } catch {
            return AdmissionAnswer(refusing: "the review is not JSON: \(error)")
        }
    }

    private func answer(to view: JSONView) -> AdmissionAnswer {
        let review: Review
        do throws(PodError) {
            review = try Review(view)
        } catch {
            return AdmissionAnswer(refusing: "not an AdmissionReview: \(error)")
        }
        guard review.isPodCreation else {
            return AdmissionAnswer(
                review, Decision(outcome: .unchanged(reason: "not the creation of a pod")))
        }
        guard let object = review.object else {
            return AdmissionAnswer(refusing: "not an AdmissionReview: request.object is missing")
        }
        do throws(PodError) {
            return AdmissionAnswer(review, try injector.decide(object, namespace: review.namespace))
        } catch {
            return AdmissionAnswer(review, unreadable: error)
        }
    }
}
