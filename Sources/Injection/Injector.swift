import JSONText
import Plan

/// Decides what becomes of a pod. The same pod gives byte for byte the same patch; it does no I/O.
package struct Injector: Sendable {
    package let policy: InjectionPolicy

    package init(policy: InjectionPolicy) {
        self.policy = policy
    }

    /// - Parameters:
    ///   - pod: the JSON text of one Pod.
    ///   - namespace: where it will live, if the pod itself does not say so.
    /// - Throws: `PodError` where the text is not a pod.
    package func decide(pod: UnsafeRawBufferPointer, namespace: String?) throws(PodError) -> Decision {
        Decision(outcome: .unchanged(reason: "not yet"))
    }
}
