import Glibc

extension Library {
    static let math: [String: FunctionBody] = [
        "add1": { call in .int64(Conversion.int(call[0]) &+ 1) },
        "add": { call in .int64(call.arguments.reduce(0) { $0 &+ Conversion.int($1) }) },
        "sub": { call in .int64(Conversion.int(call[0]) &- Conversion.int(call[1])) },
        "div": { (call) throws(FunctionFailure) in
            .int64(Conversion.int(call[0]).dividedReportingOverflow(by: try divisor(call[1])).partialValue)
        },
        "mod": { (call) throws(FunctionFailure) in
            let result = Conversion.int(call[0]).remainderReportingOverflow(dividingBy: try divisor(call[1]))
            return .int64(result.overflow ? 0 : result.partialValue)
        },
        "mul": { call in .int64(call.arguments.reduce(1) { $0 &* Conversion.int($1) }) },
        "add1f": { (call) throws(FunctionFailure) in
            try decimal([call[0], .int(1)], from: nil) { $0.adding($1) }
        },
        "addf": { (call) throws(FunctionFailure) in try decimal(call.arguments, from: .zero) { $0.adding($1) }
        },
        "subf": { (call) throws(FunctionFailure) in
            try decimal(call.arguments, from: nil) { $0.adding($1.negated) }
        },
        "mulf": { (call) throws(FunctionFailure) in
            try decimal(call.arguments, from: nil) { $0.multiplied(by: $1) }
        },
        "divf": { (call) throws(FunctionFailure) in
            try decimal(call.arguments, from: nil) { (left, right) throws(FunctionFailure) in
                guard let result = left.divided(by: right) else { throw FunctionFailure("division by zero") }
                return result
            }
        },
        "max": { call in .int64(call.arguments.map(Conversion.int).max() ?? 0) },
        "biggest": { call in .int64(call.arguments.map(Conversion.int).max() ?? 0) },
        "min": { call in .int64(call.arguments.map(Conversion.int).min() ?? 0) },
        "maxf": { call in .float(call.arguments.map(Conversion.float).max() ?? 0) },
        "minf": { call in .float(call.arguments.map(Conversion.float).min() ?? 0) },
        "ceil": { call in .float(Conversion.float(call[0]).rounded(.up)) },
        "floor": { call in .float(Conversion.float(call[0]).rounded(.down)) },
        "round": { call in
            var threshold = 0.5
            if case .float(let given) = call[2] { threshold = given }
            let power = Glibc.pow(10, Double(call.int(1)))
            let digit = power * Conversion.float(call[0])
            let fraction = digit - digit.rounded(.towardZero)
            return .float(digit.rounded(fraction >= threshold ? .up : .down) / power)
        },
        "seq": { (call) throws(FunctionFailure) in
            let numbers = try sequence(call)
            return try call.engine.string { builder in
                for (index, number) in numbers.enumerated() {
                    if index > 0 { builder.append(" ") }
                    builder.append("\(number)")
                }
            }
        },
    ]

    private static func sequence(_ call: Call) throws(FunctionFailure) -> [Int] {
        func run(_ start: Int, _ end: Int, _ step: Int, _ more: Int) throws(FunctionFailure) -> [Int] {
            try sequence(from: start, to: end &+ more, by: step, call.engine)
        }
        switch call.count {
        case 1:
            let direction = call.int(0) < 1 ? -1 : 1
            return try run(1, call.int(0), direction, direction)
        case 2:
            let direction = call.int(1) < call.int(0) ? -1 : 1
            return try run(call.int(0), call.int(1), direction, direction)
        case 3:
            let (start, step, end) = (call.int(0), call.int(1), call.int(2))
            if end < start, step > 0 { return [] }
            return try run(start, end, step, end < start ? -1 : 1)
        default: return []
        }
    }

    private static func divisor(_ value: Value) throws(FunctionFailure) -> Int64 {
        let divisor = Conversion.int(value)
        guard divisor != 0 else { throw FunctionFailure("division by zero") }
        return divisor
    }

    private static func decimal(
        _ values: [Value], from start: Decimal?,
        _ combine: (Decimal, Decimal) throws(FunctionFailure) -> Decimal
    ) throws(FunctionFailure) -> Value {
        var total = start
        for value in values {
            guard let number = Decimal(Conversion.float(value)) else {
                throw FunctionFailure("a number that is none")
            }
            guard let sofar = total else {
                total = number
                continue
            }
            total = try combine(sofar, number)
        }
        return .float(total?.double ?? 0)
    }
}
