/// What a template may be, so that none can exhaust the webhook or the agent.
package struct TemplateLimits: Sendable {
    /// Bytes of its text.
    package var size = 64 << 10
    /// Branches and parentheses within each other; in the evaluator templates that call each other, and
    /// lists and dicts within each other.
    package var depth = 100
    /// Bytes of what it makes (contract, section 11).
    package var output = 1 << 20
    /// Statements, commands, and elements of lists that functions make.
    package var steps = 100_000
    /// Bytes of all strings that functions make together.
    package var produced = 16 << 20

    package init() {}
}
