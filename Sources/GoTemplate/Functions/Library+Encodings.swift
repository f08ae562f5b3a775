import SecretMemory

extension Library {
    static let encodings: [String: FunctionBody] = {
        var all: [String: FunctionBody] = [
            "b64enc": { (call) throws(FunctionFailure) in
                try call.engine.string { builder in Base.encode(call.text(0), Base.base64, &builder) }
            },
            "b64dec": { (call) throws(FunctionFailure) in try decoded(call, Base.base64, "base64") },
            "b32enc": { (call) throws(FunctionFailure) in
                try call.engine.string { builder in Base.encode(call.text(0), Base.base32, &builder) }
            },
            "b32dec": { (call) throws(FunctionFailure) in try decoded(call, Base.base32, "base32") },
            "toJson": { (call) throws(FunctionFailure) in try json(call, escapesHTML: true, isPretty: false)
            },
            "toPrettyJson": { (call) throws(FunctionFailure) in
                try json(call, escapesHTML: true, isPretty: true)
            },
            "toRawJson": { (call) throws(FunctionFailure) in
                try json(call, escapesHTML: false, isPretty: false)
            },
            "mustFromJson": { (call) throws(FunctionFailure) in try parsed(call) },
            "fromJson": { (call) throws(FunctionFailure) in
                do throws(FunctionFailure) { return try parsed(call) } catch { return .null }
            },
            "toYaml": { (call) throws(FunctionFailure) in
                try call.engine.string { (builder) throws(FunctionFailure) in
                    var writer = YAMLWriter(engine: call.engine)
                    try writer.write(call[0], to: &builder)
                }
            },
        ]
        all["base64enc"] = all["b64enc"]
        all["base64dec"] = all["b64dec"]
        all["mustToJson"] = all["toJson"]
        all["mustToPrettyJson"] = all["toPrettyJson"]
        all["mustToRawJson"] = all["toRawJson"]
        all["mustToYaml"] = all["toYaml"]
        return all
    }()

    private static func json(
        _ call: Call, escapesHTML: Bool, isPretty: Bool
    ) throws(FunctionFailure) -> Value {
        try call.engine.string { (builder) throws(FunctionFailure) in
            let writer = JSONTextWriter(engine: call.engine, escapesHTML: escapesHTML, isPretty: isPretty)
            try writer.write(call[0], level: 0, to: &builder)
        }
    }

    private static func parsed(_ call: Call) throws(FunctionFailure) -> Value {
        let secret = call.text(0).withUnsafeBytes { SecretBytes(copying: $0) }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: secret, limits: JSONLimits(depth: 100, values: 100_000))
        } catch {
            throw FunctionFailure("this is no JSON")
        }
        try call.engine.charge(steps: call.text(0).count / 16)
        return try call.engine.value(of: document.root)
    }

    /// As Sprig does: what is wrong is answered in place of the bytes.
    private static func decoded(
        _ call: Call, _ base: Base, _ name: String
    ) throws(FunctionFailure) -> Value {
        var bad: Int?
        let value = try call.engine.string { builder in bad = base.decode(call.text(0), &builder) }
        return bad.map { .text("illegal \(name) data at input byte \($0)") } ?? value
    }
}
