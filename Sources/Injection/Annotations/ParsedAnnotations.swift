package import Plan

/// What the annotations of a pod ask for.
package struct ParsedAnnotations: Equatable, Sendable {
    /// `nil` when the pod does not ask for secrets: no `inject`, or `inject: "false"`.
    package var plan: Plan?
    /// What they say about the pod itself.
    package var settings = PodSettings()
    /// What works but is likely not meant, in a stable order.
    package var warnings: [AnnotationWarning]
}

/// Something that works but is likely not meant.
package struct AnnotationWarning: Equatable, Sendable, CustomStringConvertible {
    /// The annotation with its prefix.
    package var annotation: String
    /// A sentence without a final stop.
    package var message: String

    package var description: String { annotation + ": " + message }
}
