/// Statements one after another: a whole template, or what stands between `{{if}}` and `{{end}}`.
package struct Block: Sendable {
    package var statements: [Statement] = []

    /// Whether it is white space alone, which Go does not take for a definition.
    var isBlank: Bool {
        statements.allSatisfy { statement in
            if case .text(let bytes) = statement { bytes.allSatisfy(isGoSpace) } else { false }
        }
    }
}

/// What a template is made of.
package enum Statement: Sendable {
    /// Copied as it is.
    case text([UInt8])
    /// `{{ pipeline }}`
    case action(Pipeline)
    /// `{{if}}`, `{{with}}`, `{{range}}`
    case branch(Branch)
    /// `{{template "name" pipeline}}`
    case call(TemplateCall)
    case leave(LoopExit)
}

/// `{{if}}`, `{{with}}` or `{{range}}` up to its `{{end}}`.
package struct Branch: Sendable {
    package enum Kind: String, Sendable { case `if`, with, range }

    package let kind: Kind
    package let condition: Pipeline
    package let body: Block
    /// `{{else}}`; `{{else if}}` is a branch in there.
    package let otherwise: Block?
    package let position: SourcePosition
}

/// `{{template "name" pipeline}}`, also what `{{block}}` leaves at its place.
package struct TemplateCall: Sendable {
    package let name: String
    /// Becomes the dot in there; without it that is nil.
    package let argument: Pipeline?
    package let position: SourcePosition
}

/// `{{break}}` or `{{continue}}`.
package enum LoopExit: Sendable { case `break`, `continue` }
