package import Plan
package import SecretMemory

/// Makes generations visible to the app, one after another. The agent does not know which kind it has.
///
/// Safe to use from several threads: calls wait for each other.
package protocol Publisher: AnyObject, Sendable {
    /// Whether there is a generation that readers can see, be it an earlier process's.
    var hasPublished: Bool { get }

    /// Switches readers to `generation`, as a whole for each directory; does nothing when they see just
    /// that already.
    ///
    /// - Throws: `PublishError`; readers then see what they saw before.
    @discardableResult
    func publish(_ generation: Generation) throws(PublishError) -> Publication

    /// The published content of a path, be it an earlier process's; `nil` where there is none that can be told.
    func content(at path: AbsolutePath) -> SecretBytes?

    /// Makes what app containers mount, before there is anything in it.
    func prepare() throws(PublishError)

    /// Wipes what no reader can reach any more. Call it when `nextSweep` has passed; `publish` does it too.
    func sweep()

    /// How long until there is something to sweep; `nil`: nothing waits for it.
    var nextSweep: Duration? { get }

    /// Ends publishing, within half a second: everything but the visible generation is wiped and removed.
    func finish()

    /// The process ends at once, whatever another thread is doing: takes away what would be left behind
    /// dead. Waits for nobody.
    func detach()
}

extension Publisher {
    package func content(at path: AbsolutePath) -> SecretBytes? { nil }

    package func prepare() throws(PublishError) {}

    package func detach() {}
}

/// What a publish did; paths as the app sees them, never contents.
package struct Publication: Equatable, Sendable {
    package var added: [AbsolutePath] = []
    /// Other content, or a mode or owner that had to be put right.
    package var changed: [AbsolutePath] = []
    package var removed: [AbsolutePath] = []
    /// Whether anything at all was written, be it to repair a link.
    package var wroteAnything = false

    package init() {}

    /// Whether readers see other files than before: the moment to signal the app.
    package var changedFiles: Bool { !added.isEmpty || !changed.isEmpty || !removed.isEmpty }
}
