extension Library {
    static let conversions: [String: FunctionBody] = [
        "atoi": { call in .int(Conversion.decimal(call.text(0)) ?? 0)
        },
        "int": { call in .int(Conversion.int(call[0]), .int) },
        "int64": { call in .int64(Conversion.int(call[0])) },
        "float64": { call in .float(Conversion.float(call[0])) },
        "toDecimal": { (call) throws(FunctionFailure) in
            let text = try call.engine.plain(call[0])
            return .int64(text.count <= 30 ? Int64(text.plain, radix: 8) ?? 0 : 0)
        },
        "typeOf": { call in .text(call[0].typeName) },
        "typeIs": { call in .bool(call.text(0).isEqual(to: call[1].typeName)) },
        "typeIsLike": { call in
            let name = call[1].typeName
            return .bool(call.text(0).isEqual(to: name) || Text("*" + call.text(0).plain).isEqual(to: name))
        },
        "kindOf": { call in .text(call[0].kindName) },
        "kindIs": { call in .bool(call.text(0).isEqual(to: call[1].kindName)) },
        "deepEqual": { (call) throws(FunctionFailure) in
            .bool(try Comparison.areDeeplyEqual(call[0], call[1], engine: call.engine))
        },
        "default": { call in call.count > 1 && !call[1].isEmpty ? call[1] : call[0] },
        "empty": { call in .bool(call[0].isEmpty) },
        "coalesce": { call in call.arguments.first { !$0.isEmpty } ?? .null },
        "all": { call in .bool(call.arguments.allSatisfy { !$0.isEmpty }) },
        "any": { call in .bool(call.arguments.contains { !$0.isEmpty }) },
        "ternary": { call in call.bool(2) ? call[0] : call[1] },
        // The engine itself carries it out, since it knows where the message stands.
        "fail": { (_) throws(FunctionFailure) in throw FunctionFailure("the template fails") },
    ]
}
