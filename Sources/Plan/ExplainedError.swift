/// An error a user meets: what happened and where, what to do next, and how the process ends.
///
/// Every error of ours conforms. No text of it may hold a secret value.
package protocol ExplainedError: Error, Sendable {
    /// What happened, and where: one sentence without a final stop.
    var message: String { get }
    /// What to do next; `nil` where the message says it all.
    var hint: String? { get }
    var exitCode: CommandStatus { get }
}

extension ExplainedError {
    package var hint: String? { nil }
}

/// How a command ended (contract, section 10).
package enum CommandStatus: Int32, Sendable {
    case ok = 0
    case failed = 1
    case usage = 2
    case configuration = 3
    case refused = 4
    case unreachable = 5
    case notFound = 6
}
