import Plan
import Synchronization

/// Publishes by directory swap, as kubelet's atomic writer does; see `TmpfsLayout`.
package final class TmpfsPublisher: Publisher {
    private let directories: [PublishedDirectory]
    private let ownership: Ownership
    private let retirementGrace: Duration

    /// - Parameters:
    ///   - directories: in the order of their switch, `secrets-path` last. Made when missing.
    ///   - retirementGrace: how long an old generation stays for readers that hold its directory.
    package init(
        directories: [PublishedDirectory], ownership: Ownership,
        retirementGrace: Duration = .milliseconds(500)
    ) {
        self.directories = directories
        self.ownership = ownership
        self.retirementGrace = retirementGrace
    }

    package var hasPublished: Bool { false }
    package var nextSweep: Duration? { nil }
    package func publish(_ generation: Generation) throws(PublishError) -> Publication { Publication() }
    package func sweep() {}
    package func finish() {}
}
