extension Library {
    static let paths: [String: FunctionBody] = {
        let plain: [String: FunctionBody] = [
            "base": { call in .string(base(call.text(0))) },
            "dir": { (call) throws(FunctionFailure) in
                let text = call.text(0)
                let end = text.lastIndex(of: slash).map { $0 + 1 } ?? 0
                return try clean(text.upTo(end), call.engine)
            },
            "clean": { (call) throws(FunctionFailure) in try clean(call.text(0), call.engine) },
            "ext": { call in
                let text = call.text(0)
                guard let dot = text.lastIndex(where: { $0 == UInt8(ascii: ".") || $0 == slash }),
                    text[dot] != slash
                else { return .string(.empty) }
                return .string(text.from(dot))
            },
            "isAbs": { call in .bool(call.text(0).first == slash) },
        ]
        var all = plain
        for (name, body) in plain { all["os" + name.prefix(1).uppercased() + name.dropFirst()] = body }
        return all
    }()

    private static let slash = UInt8(ascii: "/")

    private static func base(_ text: Text) -> Text {
        guard !text.isEmpty else { return Text(".") }
        guard let end = text.lastIndex(where: { $0 != slash }) else { return Text("/") }
        let path = text.upTo(end + 1)
        return path.from(path.lastIndex(of: slash).map { $0 + 1 } ?? 0)
    }

    private static func clean(_ text: Text, _ engine: Engine) throws(FunctionFailure) -> Value {
        guard !text.isEmpty else { return .text(".") }
        let isRooted = text.first == slash
        var parts: [Text] = []
        for part in text.split(by: Text("/")) where !part.isEmpty && !part.isEqual(to: ".") {
            if part.isEqual(to: "..") {
                if let last = parts.last, !last.isEqual(to: "..") {
                    parts.removeLast()
                } else if !isRooted {
                    parts.append(part)
                }
            } else {
                parts.append(part)
            }
        }
        if parts.isEmpty { return .text(isRooted ? "/" : ".") }
        return try engine.string { builder in
            for (index, part) in parts.enumerated() {
                if index > 0 || isRooted { builder.append(slash) }
                builder.append(part)
            }
        }
    }
}
