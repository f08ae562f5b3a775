package import ArgumentParser
import Glibc
import Plan

/// How an executable ends: what went wrong on stderr, and the contract's exit code (section 10).
package enum CommandExit {
    /// What stderr gets, and the code.
    ///
    /// - Parameter error: thrown by a command or by the parser of its arguments.
    package static func end<Root: ParsableCommand>(_ root: Root.Type, with error: any Error) -> Never {
        if let error = error as? any ExplainedError {
            var text = "error: \(error.message)\n"
            if let hint = error.hint { text += "hint: \(hint)\n" }
            complain(text)
            exit(error.exitCode.rawValue)
        }
        // ArgumentParser's own exits: help and version are no failures; its 64 is the contract's 2.
        let code = Root.exitCode(for: error)
        let text = Root.fullMessage(for: error)
        if code.isSuccess {
            print(text)
        } else if !text.isEmpty {
            complain(text + "\n")
        }
        exit(code == .validationFailure ? CommandStatus.usage.rawValue : code.rawValue)
    }

    private static func complain(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
