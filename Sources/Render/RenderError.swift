package import Plan
package import TemplateSyntax
package import Vault

/// Why a selection cannot be written. It holds names alone, no value.
package struct RenderError: ExplainedError {
    /// The annotation it comes from, without the prefix; that of the first of two.
    package let origin: String
    package let reason: Reason

    package enum Reason: Sendable {
        case lookup(LookupError)
        /// An attachment could not be fetched.
        case attachment(any ExplainedError)
        /// `typed` are labels of fields that have the name as their type.
        case noField(String, record: String, nearest: [String], typed: [String])
        /// A whole record cannot be written as it is.
        case notOneField(record: String, names: [String])
        /// The format writes names, and the selection has none.
        case needsRecord(Format)
        /// Something of the Plan that this version cannot carry out.
        case notAvailable(String)
        case nul(key: String)
        /// A field that the format cannot hold, and why.
        case unwritable(key: String, String)
        case template(TemplateError)
        /// Two fields become one variable.
        case sameVariable(String, keys: [String])
        /// Two fields become one variable of the app; where each comes from.
        case variableTwice(String, sources: [String])
        /// A value that no environment can hold.
        case nulInVariable(key: String, record: String)
        case variableTooLong(key: String, record: String, limit: Int)
        case environmentTooLarge(size: Int, limit: Int)
        case tooLarge(size: Int64, limit: Int)
        case allTooLarge(size: Int, limit: Int)
        /// Another selection, `other`, writes another content there.
        case samePath(AbsolutePath, other: String)
        case noPath(AbsolutePathError)
        /// A call of a library failed that has no business to fail.
        case failed(String)
    }

    package var message: String { origin + ": " + reason.message }

    package var hint: String? { reason.hint }

    package var exitCode: CommandStatus {
        switch reason {
        case .lookup(let error): error.exitCode
        case .attachment(let error): error.exitCode
        case .noField: .notFound
        case .notOneField, .needsRecord, .samePath, .notAvailable, .template, .variableTwice: .configuration
        case .nulInVariable, .variableTooLong, .environmentTooLarge: .failed
        case .nul, .unwritable, .sameVariable, .tooLarge, .allTooLarge, .noPath, .failed: .failed
        }
    }
}

extension RenderError.Reason {
    fileprivate var message: String {
        switch self {
        case .lookup(let error): error.message
        case .attachment(let error): error.message
        case .noField(let name, let record, _, _): "record \(quoted(record)) has no field \(quoted(name))"
        case .notOneField(let record, let names):
            "record \(quoted(record)) has \(names.count) fields, format raw writes one"
        case .needsRecord(let format): "format \(format.name) needs the names of a record's fields"
        case .notAvailable(let what): "\(what) not available in this version"
        case .nul(let key): "field \(quoted(key)) holds a NUL byte, which no variable of a shell can hold"
        case .unwritable(let key, let problem): "field \(quoted(key)) \(problem)"
        case .template(let error): "template, \(error.message)"
        case .sameVariable(let name, let keys):
            "the fields \(list(keys)) would all be the variable \(name)"
        case .variableTwice(let name, let sources):
            "the variable \(name) would come from \(sources.joined(separator: " and from "))"
        case .nulInVariable(let key, let record):
            "field \(quoted(key)) of record \(quoted(record)) holds a NUL byte, which no environment variable can hold"
        case .variableTooLong(let key, let record, let limit):
            "field \(quoted(key)) of record \(quoted(record)) is too long for an environment variable: with its "
                + "name it may have \(limit) bytes"
        case .environmentTooLarge(let size, let limit):
            "all environment variables together would have \(size) bytes, at most \(limit) are set"
        case .tooLarge(let size, let limit): "the file would have \(size) bytes, at most \(limit) are written"
        case .allTooLarge(let size, let limit):
            "all files together would have \(size) bytes, at most \(limit) are written"
        case .samePath(let path, let other):
            "writes \(quoted(path.description)), as \(other) does with other content or another mode"
        case .failed(let call): "\(call) failed"
        case .noPath(let error): "the record's title makes a path that is no path: it \(error)"
        }
    }

    fileprivate var hint: String? {
        switch self {
        case .lookup(let error): error.hint
        case .attachment(let error): error.hint
        case .noField(_, _, let nearest, let typed):
            if !typed.isEmpty {
                "fields of that type have the label \(list(typed)): use the label"
            } else if !nearest.isEmpty {
                "did you mean \(list(nearest))?"
            } else {
                "`keeper-injector list` shows the names of a record's fields"
            }
        case .notOneField(_, let names): names.isEmpty ? nil : "select one of \(list(names))"
        case .needsRecord: "select a whole record, or use format raw"
        case .notAvailable: "leave it out, or use a version of the agent that has it"
        case .nul, .unwritable: "use format json or raw"
        case .template(let error): error.hint
        case .sameVariable: "give one of them another label in Keeper's vault, or use format json"
        case .variableTwice:
            "give one of the records an envPrefix, or one of the fields a name in envKeys (annotation config)"
        case .nulInVariable, .variableTooLong:
            "take it as a file (\"RECORD[FIELD]:/path\"), and name the other fields in fields (annotation config)"
        case .environmentTooLarge:
            "take some as files, or name the fields that are needed (annotation config)"
        case .tooLarge: "select less, or split the record"
        case .allTooLarge: "select less, or split the pod"
        case .samePath: "give each of them a path of its own: \"RECORD:/path\""
        case .noPath: "give a path: \"RECORD:/path\""
        case .failed: nil
        }
    }
}

/// Carries a reason out of a format, to be told with its selection.
struct FormatProblem: Error {
    let reason: RenderError.Reason
}

/// Everything that keeps a Plan's files from being written, at once.
package struct RenderFailure: ExplainedError {
    /// In the order of the selections; never empty.
    package let errors: [RenderError]

    /// The one error, or a line that counts and one line for each.
    package var message: String {
        guard errors.count > 1 else { return errors.first?.message ?? "" }
        let lines = errors.map { error in
            "\n  " + error.message + (error.hint.map { " (\($0))" } ?? "")
        }
        return "\(errors.count) selections cannot be written" + lines.joined()
    }

    package var hint: String? { errors.count == 1 ? errors.first?.hint : nil }

    package var exitCode: CommandStatus { errors.first?.exitCode ?? .failed }
}

/// Names for a message, the first ten of them.
func list(_ names: [String]) -> String {
    names.prefix(10).map { quoted($0) }.joined(separator: ", ") + (names.count > 10 ? ", …" : "")
}
