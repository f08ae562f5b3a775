package import Plan

/// Why the administrator's settings cannot be used.
package enum PolicyError: ExplainedError, Equatable {
    /// Every wrong flag.
    case flags([PolicyMistake])
    /// Every wrong setting of a file: its path, and what is wrong.
    case file(String, [PolicyMistake])
    /// The file cannot be read at all: its path, and why.
    case unreadable(String, String)

    package var message: String {
        switch self {
        case .flags(let mistakes): mistakes.map(\.description).joined(separator: "\n")
        case .file(let path, let mistakes):
            "the file \(quoted(path)) of --config:" + mistakes.map { "\n  " + $0.description }.joined()
        case .unreadable(let path, let reason): "cannot read the file \(quoted(path)) of --config: \(reason)"
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .flags: .usage
        case .file, .unreadable: .configuration
        }
    }
}

/// One wrong setting.
package struct PolicyMistake: Error, Equatable, Sendable, CustomStringConvertible {
    /// `--secrets-group`, or as the file calls it; empty until it is known.
    var name = ""
    /// The value as it was given; `nil` where it is no single one.
    var value: String?
    var problem: String
    /// What would be right; `nil` where the problem says it.
    var expected: String?

    /// The same, said of a flag or a key.
    func named(_ name: String) -> PolicyMistake {
        var copy = self
        copy.name = name
        return copy
    }

    package var description: String {
        name + (value.map { " " + quoted($0) } ?? "") + ": " + problem
            + (expected.map { "; expected " + $0 } ?? "")
    }
}
