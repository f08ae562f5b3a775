/// Why a JSON text cannot be a pod: where, and what is wrong. It holds no value of the pod.
package struct PodError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `spec.containers[0].name`; empty for the whole text.
    package var place: String
    /// A sentence without a final stop.
    package var problem: String

    package init(place: String, problem: String) {
        self.place = place
        self.problem = problem
    }

    package var description: String { place.isEmpty ? problem : place + ": " + problem }
}
