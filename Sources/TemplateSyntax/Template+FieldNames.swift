extension Template {
    /// Names of fields that the template reads of the dot it is given, in the order in which they stand:
    /// `.login`, `$.login`, `index . "API Key"`. For tools that make up values; inside of `range` and `with`
    /// the dot is another one, so there `$` alone counts.
    package var fieldNames: [String] {
        var names = FieldNames()
        names.visit(main, dotIsData: true)
        // Most are called with the dot as it is.
        for definition in definitions.sorted(by: { $0.key < $1.key }) {
            names.visit(definition.value, dotIsData: true)
        }
        return names.found
    }
}

private struct FieldNames {
    private(set) var found: [String] = []

    mutating func visit(_ block: Block, dotIsData: Bool) {
        for statement in block.statements {
            switch statement {
            case .text, .leave: break
            case .action(let pipeline): visit(pipeline, dotIsData)
            case .call(let call): if let argument = call.argument { visit(argument, dotIsData) }
            case .branch(let branch):
                visit(branch.condition, dotIsData)
                visit(branch.body, dotIsData: dotIsData && branch.kind == .if)
                if let otherwise = branch.otherwise { visit(otherwise, dotIsData: dotIsData) }
            }
        }
    }

    private mutating func visit(_ pipeline: Pipeline, _ dotIsData: Bool) {
        for command in pipeline.commands {
            visitIndex(command, dotIsData)
            for operand in command.operands { visit(operand, dotIsData) }
        }
    }

    private mutating func visit(_ operand: Operand, _ dotIsData: Bool) {
        switch operand.kind {
        case .field(let names) where dotIsData: add(names.first)
        case .variable("$", let names): add(names.first)
        case .pipeline(let pipeline): visit(pipeline, dotIsData)
        case .chain(let operand, let names):
            visit(operand, dotIsData)
            if isData(operand, dotIsData) { add(names.first) }
        default: break
        }
    }

    /// `index . "name"`, `get . "name"`.
    private mutating func visitIndex(_ command: Command, _ dotIsData: Bool) {
        guard command.operands.count >= 3, case .function(let name) = command.operands[0].kind,
            ["index", "get", "hasKey"].contains(name), isData(command.operands[1], dotIsData),
            case .string(let key) = command.operands[2].kind
        else { return }
        add(String(decoding: key, as: UTF8.self))
    }

    private func isData(_ operand: Operand, _ dotIsData: Bool) -> Bool {
        switch operand.kind {
        case .dot: dotIsData
        case .variable("$", let names): names.isEmpty
        default: false
        }
    }

    private mutating func add(_ name: String?) {
        if let name, !found.contains(name) { found.append(name) }
    }
}
