package import Plan
package import SecretMemory

/// A file as it is to be published.
package struct RenderedFile: Sendable {
    package let path: AbsolutePath
    package let content: SecretBytes
    /// The annotation it comes from, without the prefix.
    package let origin: String
    /// Permission bits; `nil`: those of all files.
    package let mode: UInt32?
    package let warnings: [RenderWarning]
    /// What it was made of.
    package let source: FileSource
}

/// Something that works but is likely not meant; for the log. It holds names alone, no value.
package struct RenderWarning: Equatable, Sendable, CustomStringConvertible {
    /// The annotation it comes from, without the prefix.
    package let origin: String
    /// A sentence without a final stop.
    package let message: String

    package var description: String { origin + ": " + message }
}

/// Bounds on what is written (contract, section 11), in bytes.
package struct RenderLimits: Sendable {
    package var file: Int
    package var all: Int

    package init(file: Int = 1 << 20, all: Int = 8 << 20) {
        self.file = file
        self.all = all
    }
}
