extension Library {
    static let lists: [String: FunctionBody] = {
        var all: [String: FunctionBody] = [
            "list": { (call) throws(FunctionFailure) in try call.engine.list(call.arguments.map(\.boxed)) },
            "concat": { (call) throws(FunctionFailure) in
                var all: [Value] = []
                for list in call.arguments { all += try elements(list, "concat") }
                return try call.engine.list(all, isNil: all.isEmpty)
            },
            "append": { (call) throws(FunctionFailure) in
                try call.engine.list(try elements(call[0], "push on") + [call[1].boxed])
            },
            "prepend": { (call) throws(FunctionFailure) in
                try call.engine.list([call[1].boxed] + (try elements(call[0], "prepend on")))
            },
            "first": { (call) throws(FunctionFailure) in
                try elements(call[0], "take the first of").first ?? .null
            },
            "last": { (call) throws(FunctionFailure) in
                try elements(call[0], "take the last of").last ?? .null
            },
            "rest": { (call) throws(FunctionFailure) in
                let all = try elements(call[0], "take the rest of")
                return try call.engine.list(Array(all.dropFirst()), isNil: all.isEmpty)
            },
            "initial": { (call) throws(FunctionFailure) in
                let all = try elements(call[0], "take the beginning of")
                return try call.engine.list(Array(all.dropLast()), isNil: all.isEmpty)
            },
            "reverse": { (call) throws(FunctionFailure) in
                try call.engine.list(try elements(call[0], "reverse").reversed())
            },
            "compact": { (call) throws(FunctionFailure) in
                try call.engine.list(try elements(call[0], "compact").filter { !$0.isEmpty })
            },
            "uniq": { (call) throws(FunctionFailure) in
                var found: [Value] = []
                for element in try elements(call[0], "take the distinct of") {
                    if try !contains(found, element, call.engine) { found.append(element) }
                }
                return try call.engine.list(found)
            },
            "without": { (call) throws(FunctionFailure) in
                var found: [Value] = []
                let omitted = Array(call.rest(from: 1))
                for element in try elements(call[0], "take elements from") {
                    if try !contains(omitted, element, call.engine) { found.append(element) }
                }
                return try call.engine.list(found)
            },
            "has": { (call) throws(FunctionFailure) in
                if call[1].isNil { return .bool(false) }
                return .bool(try contains(try elements(call[1], "search"), call[0], call.engine))
            },
            "slice": { (call) throws(FunctionFailure) in
                guard case .list(let list) = call[0] else { throw noList(call[0], "slice") }
                guard !list.elements.isEmpty else { return .null }
                let start = call.count > 1 ? Int(Conversion.int(call[1])) : 0
                let end = call.count > 2 ? Int(Conversion.int(call[2])) : list.elements.count
                guard start >= 0, start <= end, end <= list.elements.count else {
                    throw FunctionFailure("the part is not within the list")
                }
                return try call.engine.list(Array(list.elements[start..<end]), of: list.elementType)
            },
            "chunk": { (call) throws(FunctionFailure) in
                let size = call.int(0)
                let all = try elements(call[1], "cut")
                guard size > 0 else { throw FunctionFailure("the size is not above zero") }
                var chunks: [Value] = []
                for start in stride(from: 0, to: all.count, by: size) {
                    chunks.append(try call.engine.list(Array(all[start..<min(start + size, all.count)])))
                }
                return try call.engine.list(chunks, of: .list)
            },
            "until": { (call) throws(FunctionFailure) in
                try numbers(from: 0, to: call.int(0), by: call.int(0) < 0 ? -1 : 1, call.engine)
            },
            "untilStep": { (call) throws(FunctionFailure) in
                try numbers(from: call.int(0), to: call.int(1), by: call.int(2), call.engine)
            },
        ]
        all["tuple"] = all["list"]
        all["push"] = all["append"]
        all["mustPush"] = all["append"]
        for name in [
            "append", "prepend", "first", "last", "rest", "initial", "reverse", "compact", "uniq", "without",
            "has", "slice", "chunk",
        ] {
            all["must" + name.prefix(1).uppercased() + name.dropFirst()] = all[name]
        }
        return all
    }()

    private static func noList(_ value: Value, _ verb: String) -> FunctionFailure {
        FunctionFailure("cannot \(verb) a \(value.typeName)")
    }

    private static func elements(_ value: Value, _ verb: String) throws(FunctionFailure) -> [Value] {
        guard case .list(let list) = value else { throw noList(value, verb) }
        return list.elements
    }

    private static func contains(
        _ haystack: [Value], _ needle: Value, _ engine: Engine
    ) throws(FunctionFailure) -> Bool {
        for element in haystack where try Comparison.areDeeplyEqual(needle, element, engine: engine) {
            return true
        }
        return false
    }

    static func sequence(
        from start: Int, to stop: Int, by step: Int, _ engine: Engine
    ) throws(FunctionFailure) -> [Int] {
        guard stop < start ? step < 0 : step > 0 else { return [] }
        // The distance of two Ints may be none.
        let (distance, overflows) = stop.subtractingReportingOverflow(start)
        guard !overflows, step != .min else { throw FunctionFailure("too many numbers") }
        try engine.charge(steps: distance / step)
        return Array(stride(from: start, to: stop, by: step))
    }

    private static func numbers(
        from start: Int, to stop: Int, by step: Int, _ engine: Engine
    ) throws(FunctionFailure) -> Value {
        let numbers = try sequence(from: start, to: stop, by: step, engine)
        return try engine.list(numbers.map { .int($0) }, of: .int)
    }
}

extension Value {
    /// As an element of `[]interface{}`: nothing becomes nil.
    var boxed: Value {
        if case .none = self { .null } else { self }
    }

    /// Sprig's `empty`: as truth, the other way round.
    var isEmpty: Bool { !isTrue }
}
