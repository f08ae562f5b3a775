import Plan
import TemplateSyntax

extension Engine {
    /// `.a.b.c` of a value; arguments go to the last one, where that is a method.
    func fields(
        _ names: [String], of receiver: Value, at position: SourcePosition, _ arguments: [Operand],
        _ dot: Value, _ final: Value?
    ) throws(TemplateError) -> Value {
        var value = receiver
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            switch value {
            case .none:
                // Go: a field of nothing is nothing.
                try noteMissing(names[...index].joined(separator: "."), at: position)
            case .null:
                let path = names[..<index].joined(separator: ".")
                throw TemplateError(
                    "\(path.isEmpty ? "the value" : "." + path) is nothing, so it has no field \(quoted(name))",
                    at: position, hint: "write (.a).b or ask with {{ with }} if it may be missing")
            case .dict(let dict):
                guard !isLast || (arguments.isEmpty && final == nil) else {
                    throw TemplateError(".\(name) cannot have arguments", at: position)
                }
                if let member = dict.members[Text(name)] {
                    value = member
                } else {
                    try noteMissing(names[...index].joined(separator: "."), at: position)
                    value = dict.elementType == .string ? .string(.empty) : .null
                }
            default:
                var given: [Value] = []
                if isLast {
                    for argument in arguments { given.append(try evaluate(argument, dot)) }
                    if let final { given.append(final) }
                }
                guard let result = try method(name, of: value, given, at: position) else {
                    throw TemplateError(
                        "a \(value.typeName) has no field \(quoted(name))", at: position,
                        hint: value.kindName == "slice" ? "elements are read by index: (index .list 0)" : nil)
                }
                value = result
            }
        }
        return value
    }

    /// What Go has as methods of times and versions.
    private func method(
        _ name: String, of value: Value, _ arguments: [Value], at position: SourcePosition
    ) throws(TemplateError) -> Value? {
        try failing(at: position, in: name) { () throws(FunctionFailure) in
            switch value {
            case .time(let time): try time.method(name, arguments, self)
            case .version(let version): try version.method(name, arguments)
            default: nil
            }
        }
    }
}
