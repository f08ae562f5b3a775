package import Plan

/// Why a manifest cannot be used.
package enum ManifestError: ExplainedError, Equatable {
    /// The source, and why.
    case malformed(String, String)
    /// A patch does not fit its pod: a mistake of ours.
    case patch(String, String)

    package var message: String {
        switch self {
        case .malformed(let source, let reason): "'\(source)' is no manifest: \(reason)"
        case .patch(let title, let reason): "\(title): the patch cannot be applied: \(reason)"
        }
    }

    package var hint: String? {
        switch self {
        case .malformed: nil
        case .patch: "this is a mistake of keeper-injector: please report it"
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .malformed: .configuration
        case .patch: .failed
        }
    }
}
