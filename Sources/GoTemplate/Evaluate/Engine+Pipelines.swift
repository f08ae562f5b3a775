import TemplateSyntax

extension Engine {
    /// The value of a pipeline; its variables are set.
    func evaluate(_ pipeline: Pipeline, _ dot: Value) throws(TemplateError) -> Value {
        var value: Value?
        let asksAtEnd = pipeline.commands.dropFirst().contains { $0.asks }
        for command in pipeline.commands {
            let given = value
            if asksAtEnd {
                value = try asking { () throws(TemplateError) in try evaluate(command, dot, final: given) }
            } else {
                value = try evaluate(command, dot, final: given)
            }
            // As Go unpacks an interface{}: a nil in there becomes nothing.
            if case .null = value { value = Value.none }
        }
        let result = value ?? .none
        for name in pipeline.variables {
            if pipeline.assigns {
                assign(name, result)
            } else {
                variables.append((name, result))
            }
        }
        return result
    }

    private func evaluate(_ command: Command, _ dot: Value, final: Value?) throws(TemplateError) -> Value {
        try step(at: command.position)
        guard let head = command.operands.first else { return .none }
        let arguments = Array(command.operands.dropFirst())
        if case .function(let name) = head.kind {
            return try call(name, arguments, dot, final: final, at: head.position)
        }
        switch head.kind {
        case .field, .variable, .chain:
            return try evaluate(head, dot, arguments: arguments, final: final)
        default: break
        }
        guard arguments.isEmpty, final == nil else {
            throw TemplateError("a value that is no function cannot have arguments", at: head.position)
        }
        return try evaluate(head, dot)
    }

    /// An operand by itself.
    func evaluate(
        _ operand: Operand, _ dot: Value, arguments: [Operand] = [], final: Value? = nil
    ) throws(TemplateError) -> Value {
        switch operand.kind {
        case .dot: return dot
        case .nil: return .null
        case .bool(let value): return .bool(value)
        case .number(let number): return try constant(number, at: operand.position)
        case .string(let bytes): return .string(Text(bytes))
        case .function(let name): return try call(name, [], dot, final: nil, at: operand.position)
        case .pipeline(let pipeline):
            return try nested(at: operand.position) { () throws(TemplateError) in
                let mark = variables.count
                defer { variables.removeLast(variables.count - mark) }
                return try evaluate(pipeline, dot)
            }
        case .field(let names):
            return try fields(names, of: dot, at: operand.position, arguments, dot, final)
        case .variable(let name, let names):
            let value = variable(name)
            guard !names.isEmpty else {
                guard arguments.isEmpty, final == nil else {
                    throw TemplateError("the variable \(name) cannot have arguments", at: operand.position)
                }
                return value
            }
            return try fields(names, of: value, at: operand.position, arguments, dot, final)
        case .chain(let inner, let names):
            let value = try evaluate(inner, dot)
            return try fields(names, of: value, at: operand.position, arguments, dot, final)
        }
    }

    private func constant(
        _ number: NumberLiteral, at position: SourcePosition
    ) throws(TemplateError) -> Value {
        if let imaginary = number.imaginary { return .complex(number.float ?? 0, imaginary) }
        if number.looksLikeFloat, let float = number.float { return .float(float) }
        if let integer = number.integer { return .int(integer, .int) }
        if number.unsigned != nil {
            throw TemplateError("\(number.text) is too large for an int", at: position)
        }
        return number.float.map { .float($0) } ?? .none
    }
}

extension Command {
    /// Whether it takes a value to see if it is there.
    fileprivate var asks: Bool {
        guard case .function(let name) = operands.first?.kind else { return false }
        return Engine.askingFunctions.contains(name)
    }
}
