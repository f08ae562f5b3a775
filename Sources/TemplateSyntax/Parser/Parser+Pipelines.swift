import Plan

extension Parser {
    /// Up to and with `end`.
    mutating func pipeline(in context: String, until end: Token.Kind) throws(TemplateError) -> Pipeline {
        skipSpace()
        var pipeline = Pipeline(position: position(next))
        try declarations(of: &pipeline, in: context)
        while true {
            skipSpace()
            let token = next
            if token.kind == end {
                take()
                break
            }
            guard token.kind.beginsOperand else { throw unexpected(token, in: context) }
            pipeline.commands.append(try command(in: context, end: end, stage: pipeline.commands.count))
        }
        guard !pipeline.commands.isEmpty else {
            throw error("\(context) has no value", at: next)
        }
        // Visible from here on; not in the value itself.
        if !pipeline.assigns { variables += pipeline.variables }
        return pipeline
    }

    private mutating func declarations(
        of pipeline: inout Pipeline, in context: String
    ) throws(TemplateError) {
        while next.kind == .variable {
            let variable = next
            let offset = following(1).kind == .space ? 2 : 1
            let sign = following(offset)
            switch sign.kind {
            case .assign, .declare:
                for _ in 0...offset { take() }
                pipeline.assigns = sign.kind == .assign
                pipeline.variables.append(text(variable))
                if pipeline.assigns {
                    for name in pipeline.variables { try require(name, at: variable) }
                }
                return
            case .comma:
                for _ in 0...offset { take() }
                pipeline.variables.append(text(variable))
                guard context == "{{range}}", pipeline.variables.count < 2 else {
                    throw error("too many variables in \(context)", at: variable)
                }
                skipSpace()
                guard next.kind == .variable else {
                    throw error("a range takes at most two variables, then := and a value", at: next)
                }
            default:
                guard pipeline.variables.isEmpty else {
                    throw error("the variables of a range need := and a value", at: sign)
                }
                return
            }
        }
    }

    func require(_ name: String, at token: Token) throws(TemplateError) {
        guard variables.contains(name) else {
            let near = nearest(to: name, among: variables.filter { $0 != "$" }, limit: 1)
            throw error(
                "the variable \(name) is not declared here", at: token,
                hint: near.first.map { "did you mean \($0)?" } ?? "declare it with {{ \(name) := … }}")
        }
    }

    private mutating func command(
        in context: String, end: Token.Kind, stage: Int
    ) throws(TemplateError) -> Command {
        var command = Command(position: position(next))
        let first = next
        loop: while true {
            skipSpace()
            guard next.kind.beginsOperand else {
                switch next.kind {
                case .rightDelimiter, .rightParenthesis: break loop
                case .pipe:
                    let pipe = take()
                    skipSpace()
                    // As Go: nothing may follow a pipe at the end, as if the pipe were not there.
                    guard
                        next.kind.beginsOperand || next.kind == .rightDelimiter
                            || next.kind == .rightParenthesis
                    else { throw error("nothing follows the pipe", at: pipe) }
                    break loop
                default: throw unexpected(next, in: context)
                }
            }
            command.operands.append(try operand())
            switch next.kind {
            case .space, .rightDelimiter, .rightParenthesis, .pipe: continue
            default: throw unexpected(next, in: "an operand; a space may be missing")
            }
        }
        try check(command, stage: stage, first: first)
        return command
    }

    /// What Go finds when it is too late: values that take arguments, wrong numbers of them.
    private func check(_ command: Command, stage: Int, first: Token) throws(TemplateError) {
        guard let head = command.operands.first else { throw error("an empty command", at: first) }
        let piped = stage > 0 ? 1 : 0
        switch head.kind {
        case .function(let name):
            try checkCount(of: name, given: command.operands.count - 1 + piped, at: head.position)
        case .bool, .dot, .nil, .number, .string:
            if piped == 1 {
                throw TemplateError(
                    "a value cannot stand after a pipe", at: head.position, hint: "functions can")
            }
            if case .nil = head.kind {
                throw TemplateError("nil is no command", at: head.position)
            }
            try refuseArguments(of: command, piped: piped)
        case .field, .variable, .pipeline, .chain: break
        }
        for operand in command.operands.dropFirst() {
            if case .function(let name) = operand.kind {
                try checkCount(of: name, given: 0, at: operand.position)
            }
        }
    }

    private func refuseArguments(of command: Command, piped: Int) throws(TemplateError) {
        guard let second = command.operands.dropFirst().first else { return }
        throw TemplateError(
            "a value that is no function cannot have arguments", at: second.position,
            hint: "join values with print, or close the action between them")
    }

    private func checkCount(
        of name: String, given: Int, at position: SourcePosition
    ) throws(TemplateError) {
        guard let signature = FunctionTable.offered[name] else { return }
        let tooMany = signature.maximum.map { given > $0 } ?? false
        guard given < signature.minimum || tooMany else { return }
        let wanted = signature.maximum == nil ? "at least \(signature.minimum)" : "\(signature.minimum)"
        throw TemplateError("\(name) takes \(wanted) arguments, here are \(given)", at: position)
    }
}

extension Token.Kind {
    var beginsOperand: Bool {
        switch self {
        case .identifier, .field, .variable, .number, .character, .string, .rawString, .dot,
            .leftParenthesis:
            true
        default: false
        }
    }
}
