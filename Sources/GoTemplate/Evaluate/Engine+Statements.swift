import TemplateSyntax

extension Engine {
    /// - Returns: how a loop is to be left, where that is asked for.
    func walk(_ block: Block, _ dot: Value) throws(TemplateError) -> LoopExit? {
        for statement in block.statements {
            switch statement {
            case .text(let bytes): output.append(bytes)
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty { try write(value, at: pipeline.position) }
            case .branch(let branch):
                if let exit = try walk(branch, dot) { return exit }
            case .call(let call): try walk(call, dot)
            case .leave(let exit): return exit
            }
        }
        return nil
    }

    private func write(_ value: Value, at position: SourcePosition) throws(TemplateError) {
        if case .none = value { return }
        if case .string(let text) = value {
            output.append(text)
        } else {
            try failing(at: position) { () throws(FunctionFailure) in
                output.append(
                    try text { (builder) throws(FunctionFailure) in
                        var printer = Printer(engine: self)
                        try printer.print(value, verb: "v", to: &builder)
                    })
            }
        }
        try checkOutput(at: position)
    }

    private func walk(_ branch: Branch, _ dot: Value) throws(TemplateError) -> LoopExit? {
        try nested(at: branch.position) { () throws(TemplateError) in
            let mark = variables.count
            defer { variables.removeLast(variables.count - mark) }
            try step(at: branch.position)
            if branch.kind == .range { return try loop(branch, dot) }
            let value = try asking { () throws(TemplateError) in try evaluate(branch.condition, dot) }
            if value.isTrue {
                return try walk(branch.body, branch.kind == .with ? value : dot)
            }
            return try branch.otherwise.flatMap { (block) throws(TemplateError) in try walk(block, dot) }
        }
    }

    /// Runs `body` while the template asks whether something is there.
    func asking<Result>(_ body: () throws(TemplateError) -> Result) throws(TemplateError) -> Result {
        tolerance += 1
        defer { tolerance -= 1 }
        return try body()
    }

    private func walk(_ call: TemplateCall, _ dot: Value) throws(TemplateError) {
        guard let block = template.definitions[call.name] else { return }
        try step(at: call.position)
        let argument =
            try call.argument.map { (pipeline) throws(TemplateError) in try evaluate(pipeline, dot) } ?? .none
        guard callDepth < template.limits.depth else {
            throw TemplateError(
                "more than \(template.limits.depth) templates within each other", at: call.position)
        }
        try nested(at: call.position) { () throws(TemplateError) in
            callDepth += 1
            let outer = variables
            variables = [("$", argument)]
            defer {
                variables = outer
                callDepth -= 1
            }
            _ = try walk(block, argument)
        }
    }

    // MARK: range

    private func loop(_ branch: Branch, _ dot: Value) throws(TemplateError) -> LoopExit? {
        let value = try evaluate(branch.condition, dot)
        var isEmpty = true
        switch value {
        case .list(let list):
            for (index, element) in list.elements.enumerated() {
                isEmpty = false
                if try turn(branch, key: .int(index), element) == .break { break }
            }
        case .dict(let dict):
            for member in dict.sorted {
                isEmpty = false
                if try turn(branch, key: .string(member.key), member.value) == .break { break }
            }
        case .int(let count, let type):
            guard branch.condition.variables.count < 2 else {
                throw TemplateError("a range over a number has one variable", at: branch.condition.position)
            }
            var index: Int64 = 0
            while index < count {
                isEmpty = false
                if try turn(branch, key: .none, .int(index, type)) == .break { break }
                index += 1
            }
        case .none, .null: break
        default:
            throw TemplateError(
                "range cannot go over a \(value.typeName)", at: branch.condition.position,
                hint: value.kindName == "float64" ? "numbers of a record are floats: range (int .name)" : nil)
        }
        guard isEmpty, let otherwise = branch.otherwise else { return nil }
        return try walk(otherwise, dot)
    }

    private func turn(_ branch: Branch, key: Value, _ element: Value) throws(TemplateError) -> LoopExit? {
        try step(at: branch.position)
        let names = branch.condition.variables
        let mark = variables.count
        defer { variables.removeLast(variables.count - mark) }
        if branch.condition.assigns {
            if names.count > 1 {
                assign(names[0], key)
                assign(names[1], element)
            } else if let name = names.first {
                assign(name, element)
            }
        } else if let last = names.last {
            // They were declared by the pipeline itself.
            variables[mark - 1] = (last, element)
            if names.count > 1 { variables[mark - 2] = (names[0], key) }
        }
        return try walk(branch.body, element)
    }
}
