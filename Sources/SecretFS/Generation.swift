package import Plan
package import SecretMemory

/// All files of one refresh: they appear together.
///
///     let generation = try Generation([
///         GenerationFile(path: path, content: password, origin: "secret-db")
///     ])
///     try publisher.publish(generation)
package struct Generation: Sendable {
    /// Sorted by path, each path once.
    package let files: [GenerationFile]

    /// - Throws: `GenerationError` when two selections cannot both be written. The same content twice
    ///   for one path is fine.
    package init(_ files: [GenerationFile]) throws(GenerationError) {
        var byPath: [AbsolutePath: GenerationFile] = [:]
        for file in files {
            if let other = byPath[file.path], !other.content.hasSameBytes(as: file.content) {
                throw .twoContents(path: file.path, origins: [other.origin, file.origin])
            }
            byPath[file.path] = byPath[file.path] ?? file
        }
        for file in byPath.values {
            var ancestor = file.path.parent
            while let directory = ancestor {
                if let other = byPath[directory] {
                    throw .fileAndDirectory(file: other, below: file)
                }
                ancestor = directory.parent
            }
        }
        self.files = byPath.values.sorted {
            $0.path.components.lexicographicallyPrecedes($1.path.components)
        }
    }

    /// No files: what is published when nothing may be served any more.
    package static let empty = Generation()

    private init() { files = [] }
}

/// One file of a generation.
package struct GenerationFile: Sendable {
    /// Where the app sees it.
    package let path: AbsolutePath
    package let content: SecretBytes
    /// The annotation it comes from, for messages.
    package let origin: String
    /// Permission bits; `nil`: those of `Ownership`.
    package let mode: UInt32?

    package init(path: AbsolutePath, content: SecretBytes, origin: String, mode: UInt32? = nil) {
        self.path = path
        self.content = content
        self.origin = origin
        self.mode = mode
    }
}
