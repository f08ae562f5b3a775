/// Commands joined by `|`, with the variables that take the result.
package struct Pipeline: Sendable {
    package var position: SourcePosition
    /// With their `$`; two only in a range.
    package var variables: [String] = []
    /// `=` and not `:=`.
    package var assigns = false
    package var commands: [Command] = []
}

/// A value, or a function or method with its arguments.
package struct Command: Sendable {
    package var position: SourcePosition
    /// Never empty.
    package var operands: [Operand] = []
}

/// One word of a command.
package struct Operand: Sendable {
    package let kind: Kind
    package let position: SourcePosition

    package indirect enum Kind: Sendable {
        case dot
        case `nil`
        case bool(Bool)
        case number(NumberLiteral)
        case string([UInt8])
        /// `.a.b`: the names.
        case field([String])
        /// `$x.a.b`: the variable with its `$`, and names.
        case variable(String, fields: [String])
        case function(String)
        /// In parentheses.
        case pipeline(Pipeline)
        /// `(…).a.b`
        case chain(Operand, fields: [String])
    }
}
