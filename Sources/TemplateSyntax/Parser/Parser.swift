import Plan

/// Builds the tree of a template from its words, with Go's grammar.
struct Parser {
    let source: Source
    let limits: TemplateLimits
    private let tokens: [Token]
    private var index = 0
    /// Names in sight, with their `$`, innermost last.
    var variables = ["$"]
    var loops = 0
    var depth = 0
    var definitions: [String: Block] = [:]
    var calls: [TemplateCall] = []

    init(source: Source, limits: TemplateLimits) throws(TemplateError) {
        self.source = source
        self.limits = limits
        tokens = try Lexer.tokens(of: source)
    }

    // MARK: Words

    var next: Token { tokens[min(index, tokens.count - 1)] }

    /// The word after `next`.
    func following(_ count: Int) -> Token { tokens[min(index + count, tokens.count - 1)] }

    @discardableResult
    mutating func take() -> Token {
        let token = next
        if index < tokens.count { index += 1 }
        return token
    }

    mutating func skipSpace() { while next.kind == .space { index += 1 } }

    func text(_ token: Token) -> String { source.text(token.range) }

    func position(_ token: Token) -> SourcePosition { source.position(at: token.range.lowerBound) }

    func error(_ reason: String, at token: Token, hint: String? = nil) -> TemplateError {
        source.error(reason, at: token.range.lowerBound, hint: hint)
    }

    func unexpected(_ token: Token, in context: String) -> TemplateError {
        switch token.kind {
        case .rightDelimiter: error("\(context) ends too early", at: token)
        case .end: error("\(context) does not end", at: token)
        default: error("\(quoted(text(token), limit: 30)) cannot stand in \(context)", at: token)
        }
    }

    mutating func closeAction(of context: String) throws(TemplateError) {
        skipSpace()
        guard next.kind == .rightDelimiter else { throw unexpected(next, in: context) }
        take()
    }

    /// Runs `body` one level deeper.
    mutating func nested<Result>(
        at token: Token, _ body: (inout Parser) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw error("more than \(limits.depth) levels within each other", at: token)
        }
        return try body(&self)
    }
}
