import Plan

extension Parser {
    /// How a block ended.
    enum Ending {
        case source
        case end
        /// `{{else}}`, up to but without what stands between `else` and `}}`.
        case otherwise(Token)
    }

    /// The whole template.
    mutating func template() throws(TemplateError) -> Block {
        let (block, ending, last) = try statements(isTop: true)
        switch ending {
        case .source: return block
        case .end: throw error("{{end}} without a beginning", at: last)
        case .otherwise: throw error("{{else}} without {{if}}, {{with}} or {{range}}", at: last)
        }
    }

    /// - Returns: also the last action's first word.
    private mutating func statements(
        isTop: Bool = false
    ) throws(TemplateError) -> (Block, Ending, Token) {
        var block = Block()
        while true {
            let token = take()
            switch token.kind {
            case .text: block.statements.append(.text(Array(source.bytes[token.range])))
            case .end: return (block, .source, token)
            default:
                skipSpace()
                let word = next.kind == .identifier ? text(next) : ""
                switch word {
                case "end":
                    take()
                    try closeAction(of: "{{end}}")
                    return (block, .end, token)
                case "else":
                    take()
                    return (block, .otherwise(token), token)
                case "define":
                    guard isTop else {
                        throw error(
                            "{{define}} inside another block", at: token, hint: "define templates at the top")
                    }
                    try definition(from: token)
                default:
                    if let statement = try statement(word, from: token) { block.statements.append(statement) }
                }
            }
        }
    }

    private mutating func statement(_ word: String, from token: Token) throws(TemplateError) -> Statement? {
        switch word {
        case "if": return .branch(try branch(.if, from: token))
        case "with": return .branch(try branch(.with, from: token))
        case "range": return .branch(try branch(.range, from: token))
        case "template": return .call(try call(from: token))
        case "block": return .call(try inlineBlock(from: token))
        case "break", "continue":
            take()
            guard loops > 0 else { throw error("{{\(word)}} outside of {{range}}", at: token) }
            try closeAction(of: "{{\(word)}}")
            return .leave(word == "break" ? .break : .continue)
        default:
            let pipeline = try pipeline(in: "an action", until: .rightDelimiter)
            return .action(pipeline)
        }
    }

    private mutating func branch(_ kind: Branch.Kind, from token: Token) throws(TemplateError) -> Branch {
        take()
        let outer = variables
        let outerDepth = depth
        defer {
            variables = outer
            depth = outerDepth
        }
        depth += 1
        guard depth <= limits.depth else {
            throw error("more than \(limits.depth) levels within each other", at: token)
        }
        let condition = try pipeline(in: "{{\(kind.rawValue)}}", until: .rightDelimiter)
        let inScope = variables
        if kind == .range { loops += 1 }
        let (body, ending, last) = try statements()
        if kind == .range { loops -= 1 }
        variables = inScope
        var otherwise: Block?
        switch ending {
        case .end: break
        case .source: throw notClosed(kind.rawValue, at: token)
        case .otherwise(let mark):
            skipSpace()
            let word = next.kind == .identifier ? text(next) : ""
            if word == kind.rawValue, kind != .range, let chained = Branch.Kind(rawValue: word) {
                otherwise = Block(statements: [.branch(try branch(chained, from: next))])
            } else if word == "if" || word == "with" || word == "range" {
                throw error(
                    "{{else \(word)}} cannot follow {{\(kind.rawValue)}}", at: mark,
                    hint: "put an {{\(word)}} of its own after {{else}}")
            } else {
                try closeAction(of: "{{else}}")
                let (block, ending, second) = try statements()
                switch ending {
                case .end: otherwise = block
                case .source: throw notClosed(kind.rawValue, at: token)
                case .otherwise: throw error("a second {{else}}", at: second)
                }
            }
        }
        _ = last
        return Branch(
            kind: kind, condition: condition, body: body, otherwise: otherwise, position: position(token))
    }

    private func notClosed(_ word: String, at token: Token) -> TemplateError {
        error("{{\(word)}} is not closed", at: token, hint: "close it with {{end}}")
    }

    private mutating func name(of word: String) throws(TemplateError) -> String {
        skipSpace()
        let token = next
        guard token.kind == .string || token.kind == .rawString else {
            throw error("{{\(word)}} needs a name in quotes", at: token)
        }
        return String(decoding: try stringLiteral(take()), as: UTF8.self)
    }

    private mutating func call(from token: Token) throws(TemplateError) -> TemplateCall {
        take()
        skipSpace()
        let place = position(next)
        let name = try name(of: "template")
        skipSpace()
        var argument: Pipeline?
        if next.kind == .rightDelimiter {
            take()
        } else {
            argument = try pipeline(in: "{{template}}", until: .rightDelimiter)
        }
        let call = TemplateCall(name: name, argument: argument, position: place)
        calls.append(call)
        return call
    }

    private mutating func inlineBlock(from token: Token) throws(TemplateError) -> TemplateCall {
        take()
        let name = try name(of: "block")
        let argument = try pipeline(in: "{{block}}", until: .rightDelimiter)
        try body(named: name, word: "block", from: token)
        return TemplateCall(name: name, argument: argument, position: position(token))
    }

    private mutating func definition(from token: Token) throws(TemplateError) {
        take()
        let name = try name(of: "define")
        try closeAction(of: "{{define}}")
        try body(named: name, word: "define", from: token)
    }

    /// What a name stands for; it sees no variables but `$`, and no loop.
    private mutating func body(named name: String, word: String, from token: Token) throws(TemplateError) {
        let outer = (variables, loops)
        (variables, loops) = (["$"], 0)
        defer { (variables, loops) = outer }
        let block = try nested(at: token) { parser throws(TemplateError) in
            let (block, ending, last) = try parser.statements()
            switch ending {
            case .end: return block
            case .source: throw parser.notClosed(word, at: token)
            case .otherwise: throw parser.error("{{else}} without {{if}}, {{with}} or {{range}}", at: last)
            }
        }
        if let earlier = definitions[name], !earlier.isBlank {
            guard block.isBlank else {
                throw error("the template \(quoted(name)) is defined twice", at: token)
            }
            return
        }
        definitions[name] = block
    }
}
