/// Go's rules of comparing: kinds do not mix, but ints of all sizes do.
enum Comparison {
    static func areEqual(_ left: Value, _ right: Value) throws(FunctionFailure) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left, _), .int(let right, _)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.complex(let a, let b), .complex(let c, let d)): return a == c && b == d
        case (.string(let left), .string(let right)): return left == right
        case (.time(let left), .time(let right)): return left.isSame(as: right)
        default: break
        }
        if left.isNil || right.isNil { return left.isNil && right.isNil }
        guard !left.isBasic, !right.isBasic else {
            throw FunctionFailure("a \(left.typeName) cannot be compared with a \(right.typeName)")
        }
        throw FunctionFailure("a \(left.typeName) cannot be compared; deepEqual can")
    }

    static func isLess(_ left: Value, _ right: Value) throws(FunctionFailure) -> Bool {
        switch (left, right) {
        case (.int(let left, _), .int(let right, _)): return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.string(let left), .string(let right)): return left < right
        default: break
        }
        throw FunctionFailure("\(name(left)) and \(name(right)) have no order between them")
    }

    private static func name(_ value: Value) -> String { value.isNil ? "nothing" : "a \(value.typeName)" }

    /// Go's `reflect.DeepEqual`.
    static func areDeeplyEqual(
        _ left: Value, _ right: Value, engine: Engine, depth: Int = 0
    ) throws(FunctionFailure) -> Bool {
        try engine.charge(steps: 1)
        guard depth <= engine.template.limits.depth else {
            throw FunctionFailure(
                "lists and dicts within each other deeper than \(engine.template.limits.depth)")
        }
        switch (left, right) {
        case (.none, .none), (.none, .null), (.null, .none), (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left, let one), .int(let right, let other)): return left == right && one == other
        case (.float(let left), .float(let right)): return left == right
        case (.complex(let a, let b), .complex(let c, let d)): return a == c && b == d
        case (.string(let left), .string(let right)): return left == right
        case (.time(let left), .time(let right)): return left.isSame(as: right)
        case (.version(let left), .version(let right)): return left == right
        case (.list(let left), .list(let right)):
            guard left.elementType == right.elementType, left.isNil == right.isNil,
                left.elements.count == right.elements.count
            else { return false }
            for (one, other) in zip(left.elements, right.elements) {
                guard try areDeeplyEqual(one, other, engine: engine, depth: depth + 1) else { return false }
            }
            return true
        case (.dict(let left), .dict(let right)):
            guard left.elementType == right.elementType, left.members.count == right.members.count else {
                return false
            }
            for (key, one) in left.members {
                guard let other = right.members[key],
                    try areDeeplyEqual(one, other, engine: engine, depth: depth + 1)
                else { return false }
            }
            return true
        default: return false
        }
    }
}

extension Value {
    fileprivate var isBasic: Bool {
        switch self {
        case .bool, .int, .float, .complex, .string: true
        default: false
        }
    }
}
