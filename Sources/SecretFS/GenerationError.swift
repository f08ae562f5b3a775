package import Plan

/// Why selections cannot be written together.
package enum GenerationError: ExplainedError {
    /// One path, two contents.
    case twoContents(path: AbsolutePath, origins: [String])
    /// `file` would have to be a directory for `below` to exist.
    case fileAndDirectory(file: GenerationFile, below: GenerationFile)

    package var message: String {
        switch self {
        case .twoContents(let path, let origins):
            let names = origins.map { "'\($0)'" }.joined(separator: " and ")
            return "\(names) select different contents for the file \(path)"
        case .fileAndDirectory(let file, let below):
            return "'\(file.origin)' writes the file \(file.path), which '\(below.origin)' needs as a "
                + "directory for \(below.path)"
        }
    }

    package var hint: String? { "give one of them another path" }

    package var exitCode: CommandStatus { .configuration }
}
