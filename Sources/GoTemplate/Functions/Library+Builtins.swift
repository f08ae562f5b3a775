extension Library {
    /// Go's own.
    static let builtins: [String: FunctionBody] = [
        "not": { call in .bool(!call[0].isTrue) },
        "call": { (call) throws(FunctionFailure) in
            throw FunctionFailure("a \(call[0].typeName) is no function")
        },
        "len": { (call) throws(FunctionFailure) in
            switch call[0] {
            case .string(let text): .int(text.count)
            case .list(let list): .int(list.elements.count)
            case .dict(let dict): .int(dict.members.count)
            case .none, .null: throw FunctionFailure("nothing has no length")
            default: throw FunctionFailure("a \(call[0].typeName) has no length")
            }
        },
        "index": { (call) throws(FunctionFailure) in
            var item = call[0]
            if item.isNil { throw FunctionFailure("nothing has no elements") }
            for key in call.rest(from: 1) { item = try element(of: item, at: key) }
            return item
        },
        "print": { (call) throws(FunctionFailure) in
            try call.engine.string { (builder) throws(FunctionFailure) in
                try join(call.arguments[...], engine: call.engine, to: &builder)
            }
        },
        "println": { (call) throws(FunctionFailure) in
            try call.engine.string { (builder) throws(FunctionFailure) in
                for (index, value) in call.arguments.enumerated() {
                    if index > 0 { builder.append(" ") }
                    var printer = Printer(engine: call.engine)
                    try printer.print(value, verb: "v", to: &builder)
                }
                builder.append("\n")
            }
        },
        "printf": { (call) throws(FunctionFailure) in
            try call.engine.string { (builder) throws(FunctionFailure) in
                try FormatString.print(call.text(0), call.rest(from: 1), engine: call.engine, to: &builder)
            }
        },
        "html": { (call) throws(FunctionFailure) in try escaped(call, Escaping.html) },
        "js": { (call) throws(FunctionFailure) in try escaped(call, Escaping.javaScript) },
        "urlquery": { (call) throws(FunctionFailure) in try escaped(call, Escaping.query) },
        "eq": { (call) throws(FunctionFailure) in
            guard call.count > 1 else { throw FunctionFailure("there is nothing to compare with") }
            for other in call.rest(from: 1) where try Comparison.areEqual(call[0], other) {
                return .bool(true)
            }
            return .bool(false)
        },
        "ne": { (call) throws(FunctionFailure) in .bool(!(try Comparison.areEqual(call[0], call[1]))) },
        "lt": { (call) throws(FunctionFailure) in .bool(try Comparison.isLess(call[0], call[1])) },
        "le": { (call) throws(FunctionFailure) in
            let isLess = try Comparison.isLess(call[0], call[1])
            let areEqual = try Comparison.areEqual(call[0], call[1])
            return .bool(isLess || areEqual)
        },
        "gt": { (call) throws(FunctionFailure) in
            let isLess = try Comparison.isLess(call[0], call[1])
            let areEqual = try Comparison.areEqual(call[0], call[1])
            return .bool(!isLess && !areEqual)
        },
        "ge": { (call) throws(FunctionFailure) in .bool(try !Comparison.isLess(call[0], call[1])) },
    ]

    /// Go's `fmt.Sprint`: a space between two neighbours of which none is a string.
    static func join(
        _ values: ArraySlice<Value>, engine: Engine, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        var previousIsString = true
        for value in values {
            var isString = false
            if case .string = value { isString = true }
            if !isString, !previousIsString { builder.append(" ") }
            var printer = Printer(engine: engine)
            try printer.print(value, verb: "v", to: &builder)
            previousIsString = isString
        }
    }

    private static func element(of item: Value, at key: Value) throws(FunctionFailure) -> Value {
        switch item {
        case .list(let list): return list.elements[try position(key, count: list.elements.count)]
        case .string(let text): return .int(Int64(text[try position(key, count: text.count)]), .uint8)
        case .dict(let dict):
            guard case .string(let name) = key else {
                throw FunctionFailure("a key is a string, not a \(key.typeName)")
            }
            return dict.members[name] ?? (dict.elementType == .string ? .string(.empty) : .null)
        case .none, .null: throw FunctionFailure("nothing has no elements")
        default: throw FunctionFailure("a \(item.typeName) has no elements")
        }
    }

    private static func position(_ key: Value, count: Int) throws(FunctionFailure) -> Int {
        guard case .int(let index, _) = key else {
            throw FunctionFailure("an index is an int, not a \(key.typeName)")
        }
        // The number may be a secret, a PIN: it is not told.
        guard index >= 0, index < count else { throw FunctionFailure("the index is beyond the elements") }
        return Int(index)
    }

    private static func escaped(
        _ call: Call, _ escape: (Text, inout TextBuilder) -> Void
    ) throws(FunctionFailure) -> Value {
        if call.count == 1, case .string(let text) = call[0] {
            return try call.engine.string { builder in escape(text, &builder) }
        }
        // Where Go would write <nil> or <no value>, nothing.
        let values = call.arguments.map { $0.isNil ? Value.string(.empty) : $0 }
        let joined = try call.engine.text { (builder) throws(FunctionFailure) in
            try join(values[...], engine: call.engine, to: &builder)
        }
        return try call.engine.string { builder in escape(joined, &builder) }
    }
}
