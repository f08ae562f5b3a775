extension Library {
    static let dicts: [String: FunctionBody] = [
        "dict": { (call) throws(FunctionFailure) in
            var members: [Text: Value] = [:]
            for index in stride(from: 0, to: call.count, by: 2) {
                let key = try call.engine.plain(call[index])
                members[key] = index + 1 < call.count ? call[index + 1].boxed : .string(.empty)
            }
            return try call.engine.dict(members)
        },
        "get": { call in call.dict(0).members[call.text(1)] ?? .string(.empty) },
        "set": { (call) throws(FunctionFailure) in
            try call.engine.charge(steps: 1)
            call.dict(0).members[call.text(1)] = call[2].boxed
            return call[0]
        },
        "unset": { call in
            call.dict(0).members[call.text(1)] = nil
            return call[0]
        },
        "hasKey": { call in .bool(call.dict(0).members[call.text(1)] != nil) },
        "pluck": { (call) throws(FunctionFailure) in
            var found: [Value] = []
            for index in 1..<max(call.count, 1) {
                if let value = call.dict(index).members[call.text(0)] { found.append(value) }
            }
            return try call.engine.list(found)
        },
        "keys": { (call) throws(FunctionFailure) in
            var keys: [Text] = []
            for index in 0..<call.count { keys += call.dict(index).sorted.map(\.key) }
            return try call.engine.strings(keys)
        },
        "values": { (call) throws(FunctionFailure) in
            try call.engine.list(call.dict(0).sorted.map(\.value))
        },
        "pick": { (call) throws(FunctionFailure) in
            var members: [Text: Value] = [:]
            for index in 1..<max(call.count, 1) {
                if let value = call.dict(0).members[call.text(index)] { members[call.text(index)] = value }
            }
            return try call.engine.dict(members)
        },
        "omit": { (call) throws(FunctionFailure) in
            var members = call.dict(0).members
            for index in 1..<max(call.count, 1) { members[call.text(index)] = nil }
            return try call.engine.dict(members)
        },
        "dig": { (call) throws(FunctionFailure) in
            guard case .dict(var dict) = call.arguments.last else {
                throw FunctionFailure("the last argument is a dict")
            }
            let fallback = call.arguments[call.count - 2]
            let keys = call.arguments.dropLast(2)
            for (index, key) in keys.enumerated() {
                guard case .string(let name) = key else {
                    throw FunctionFailure("a key is a string, not a \(key.typeName)")
                }
                guard let value = dict.members[name] else { return fallback }
                if index == keys.count - 1 { return value }
                guard case .dict(let inner) = value else {
                    throw FunctionFailure("a \(value.typeName) on the way is no dict")
                }
                dict = inner
            }
            return fallback
        },
        "merge": { (call) throws(FunctionFailure) in try merged(call, overwrites: false) },
        "mustMerge": { (call) throws(FunctionFailure) in try merged(call, overwrites: false) },
        "mergeOverwrite": { (call) throws(FunctionFailure) in try merged(call, overwrites: true) },
        "mustMergeOverwrite": { (call) throws(FunctionFailure) in try merged(call, overwrites: true) },
        "deepCopy": { (call) throws(FunctionFailure) in try copied(call[0], call.engine, depth: 0) },
        "mustDeepCopy": { (call) throws(FunctionFailure) in
            guard !call[0].isNil else { throw FunctionFailure("there is nothing to copy") }
            return try copied(call[0], call.engine, depth: 0)
        },
    ]

    private static func merged(_ call: Call, overwrites: Bool) throws(FunctionFailure) -> Value {
        for index in 1..<max(call.count, 1) {
            try merge(call.dict(index), into: call.dict(0), overwrites: overwrites, call.engine, depth: 0)
        }
        return call[0]
    }

    /// As dario.cat/mergo does it: dicts in dicts are merged too, and what is empty in the target counts as not
    /// there.
    private static func merge(
        _ source: Dict, into target: Dict, overwrites: Bool, _ engine: Engine, depth: Int
    ) throws(FunctionFailure) {
        guard depth < engine.template.limits.depth else { throw FunctionFailure("dicts too deep") }
        for (key, value) in source.sorted {
            try engine.charge(steps: 1)
            let present = target.members[key]
            if case .dict(let inner) = value, case .dict(let old) = present {
                try merge(inner, into: old, overwrites: overwrites, engine, depth: depth + 1)
            } else if overwrites || !value.isNil && (present?.isEmpty ?? true) {
                target.members[key] = value
            }
        }
    }

    static func copied(_ value: Value, _ engine: Engine, depth: Int) throws(FunctionFailure) -> Value {
        guard depth < engine.template.limits.depth else { throw FunctionFailure("lists and dicts too deep") }
        switch value {
        case .list(let list):
            var elements: [Value] = []
            for element in list.elements { elements.append(try copied(element, engine, depth: depth + 1)) }
            return try engine.list(elements, of: list.elementType, isNil: list.isNil)
        case .dict(let dict):
            var members: [Text: Value] = [:]
            for (key, member) in dict.members { members[key] = try copied(member, engine, depth: depth + 1) }
            return try engine.dict(members, of: dict.elementType)
        default: return value
        }
    }
}
