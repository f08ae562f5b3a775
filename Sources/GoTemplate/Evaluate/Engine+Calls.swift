import TemplateSyntax

extension Engine {
    /// Functions that are asked whether something is there.
    static let askingFunctions: Set<String> = [
        "default", "empty", "coalesce", "all", "any", "and", "or", "not", "ternary", "hasKey", "dig",
    ]

    /// Calls a function with operands, and the value from the pipe last.
    func call(
        _ name: String, _ operands: [Operand], _ dot: Value, final: Value?, at position: SourcePosition
    ) throws(TemplateError) -> Value {
        guard let signature = FunctionTable.offered[name] else {
            throw TemplateError("there is no function \(name)", at: position)
        }
        let count = operands.count + (final == nil ? 0 : 1)
        guard count >= signature.minimum, signature.maximum.map({ count <= $0 }) ?? true else {
            throw TemplateError(
                "\(name) takes \(signature.minimum) arguments, here are \(count)", at: position)
        }
        if name == "and" || name == "or" {
            return try shortCircuit(isOr: name == "or", operands, dot, final: final)
        }
        var arguments: [Value] = []
        let isAsking = Self.askingFunctions.contains(name)
        for (index, operand) in operands.enumerated() {
            let type = signature.type(at: index)
            if isAsking {
                arguments.append(
                    try asking { () throws(TemplateError) in try argument(operand, type, dot) })
            } else {
                arguments.append(try argument(operand, type, dot))
            }
        }
        if let final {
            arguments.append(try check(final, signature.type(at: arguments.count), at: position))
        }
        if name == "index", operands.count == 2, case .string(let key) = operands[1].kind,
            case .dict(let dict) = arguments[0], dict.members[Text(key)] == nil
        {
            try noteMissing(String(decoding: key, as: UTF8.self), at: position)
        }
        if name == "fail" { throw failure(operands.first, at: position) }
        guard let body = Library.functions[name] else {
            throw TemplateError("\(name) cannot be carried out", at: position)
        }
        if Library.volatile.contains(name) { isVolatile = true }
        return try failing(at: position, in: name) { () throws(FunctionFailure) in
            try body(Call(engine: self, arguments: arguments))
        }
    }

    /// Its message is shown only where it stands in the template, since it may hold a value otherwise.
    private func failure(_ operand: Operand?, at position: SourcePosition) -> TemplateError {
        if case .string(let message) = operand?.kind {
            return TemplateError(
                "the template fails: " + String(decoding: message, as: UTF8.self), at: position)
        }
        return TemplateError("the template fails", at: position)
    }

    private func shortCircuit(
        isOr: Bool, _ operands: [Operand], _ dot: Value, final: Value?
    ) throws(TemplateError) -> Value {
        var value = Value.none
        for operand in operands {
            value = try asking { () throws(TemplateError) in try argument(operand, .value, dot) }
            if value.isTrue == isOr { return value }
        }
        return final ?? value
    }

    // MARK: Arguments

    private func argument(
        _ operand: Operand, _ type: ParameterType, _ dot: Value
    ) throws(TemplateError) -> Value {
        try step(at: operand.position)
        switch operand.kind {
        case .nil:
            switch type {
            case .any, .value, .dict, .list: return .none
            default: throw mismatch("nil", type, at: operand.position)
            }
        case .dot, .field, .variable, .pipeline, .function, .chain:
            return try check(try evaluate(operand, dot), type, at: operand.position)
        case .bool(let value):
            switch type {
            case .any, .value, .bool: return .bool(value)
            default: throw mismatch("a bool", type, at: operand.position)
            }
        case .string(let bytes):
            switch type {
            case .any, .value, .string: return .string(Text(bytes))
            default: throw mismatch("a string", type, at: operand.position)
            }
        case .number(let number):
            switch type {
            case .any, .value: return try evaluate(operand, dot)
            case .int:
                if let integer = number.integer { return .int(integer, .int) }
            case .float:
                if let float = number.float { return .float(float) }
            default: break
            }
            throw mismatch(number.text, type, at: operand.position)
        }
    }

    /// A value that is no constant keeps its type: Go converts nothing here.
    private func check(
        _ value: Value, _ type: ParameterType, at position: SourcePosition
    ) throws(TemplateError) -> Value {
        switch (type, value) {
        case (.any, _), (.value, _), (.string, .string), (.bool, .bool), (.int, .int(_, .int)),
            (.float, .float), (.time, .time):
            return value
        case (.dict, .dict(let dict)) where dict.elementType == .any: return value
        case (.list, .list(let list)) where list.elementType == .any: return value
        case (.dict, .none): return try failing(at: position) { () throws(FunctionFailure) in try dict([:]) }
        case (.list, .none):
            return try failing(at: position) { () throws(FunctionFailure) in try list([], isNil: true) }
        default: throw mismatch(value.isNil ? "nothing" : "a \(value.typeName)", type, at: position)
        }
    }

    private func mismatch(_ got: String, _ type: ParameterType, at position: SourcePosition) -> TemplateError
    {
        let hint: String? =
            switch type {
            case .int: "numbers of a record are floats: convert them with int"
            case .string where got == "nothing": "give it a default: (.name | default \"\")"
            case .string: "convert it with toString"
            default: nil
            }
        return TemplateError("expected a \(type.name), got \(got)", at: position, hint: hint)
    }
}
