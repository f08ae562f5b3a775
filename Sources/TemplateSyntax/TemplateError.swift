package import Plan

/// What is wrong with a template, and where. It holds text of the template alone, never a value.
package struct TemplateError: ExplainedError, Equatable {
    package let position: SourcePosition
    package let reason: String
    package let hint: String?

    package var line: Int { position.line }
    package var column: Int { position.column }

    package init(_ reason: String, at position: SourcePosition, hint: String? = nil) {
        self.reason = reason
        self.position = position
        self.hint = hint
    }

    package var message: String { "line \(line), column \(column): \(reason)" }

    package var exitCode: CommandStatus { .configuration }
}
