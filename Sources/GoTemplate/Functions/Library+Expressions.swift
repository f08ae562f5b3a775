extension Library {
    static let expressions: [String: FunctionBody] = {
        let plain: [String: FunctionBody] = [
            "regexFind": { (call) throws(FunctionFailure) in
                let text = call.text(1)
                let match = try Regex(call.text(0), call.engine).match(text)
                return .string(match.map { text.part($0[0]..<$0[1]) } ?? .empty)
            },
            "regexFindAll": { (call) throws(FunctionFailure) in
                let text = call.text(1)
                let matches = try Regex(call.text(0), call.engine).matches(text, limit: call.int(2))
                return try call.engine.list(
                    matches.map { .string(text.part($0[0]..<$0[1])) }, of: .string, isNil: matches.isEmpty)
            },
            "regexReplaceAll": { (call) throws(FunctionFailure) in
                try expanded(call)
            },
            "regexReplaceAllLiteral": { (call) throws(FunctionFailure) in
                try replaced(call) { _, _, builder in builder.append(call.text(2)) }
            },
            "regexSplit": { (call) throws(FunctionFailure) in try split(call) },
        ]
        var all = plain
        for (name, body) in plain { all["must" + name.prefix(1).uppercased() + name.dropFirst()] = body }
        all.merge(unpaired) { first, _ in first }
        return all
    }()

    private static let unpaired: [String: FunctionBody] = [
        "regexMatch": { (call) throws(FunctionFailure) in try tolerantly(call) },
        "mustRegexMatch": { (call) throws(FunctionFailure) in .bool(try matches(call)) },
        "regexQuoteMeta": { (call) throws(FunctionFailure) in
            try call.engine.string { builder in
                for byte in call.text(0) {
                    if "\\.+*?()|[]{}^$".utf8.contains(byte) { builder.append("\\") }
                    builder.append(byte)
                }
            }
        },
    ]

    private static func split(_ call: Call) throws(FunctionFailure) -> Value {
        let (text, limit) = (call.text(1), call.int(2))
        let regex = try Regex(call.text(0), call.engine)
        guard limit != 0 else { return try call.engine.list([], of: .string, isNil: true) }
        if !call.text(0).isEmpty, text.isEmpty { return try call.engine.strings([.empty]) }
        var parts: [Text] = []
        var (begin, end) = (0, 0)
        for match in try regex.matches(text, limit: limit) {
            if limit > 0, parts.count == limit - 1 { break }
            end = match[0]
            if match[1] != 0 { parts.append(text.part(begin..<end)) }
            begin = match[1]
        }
        if end != text.count { parts.append(text.from(begin)) }
        return try call.engine.strings(parts)
    }

    /// As Sprig: this one takes a wrong expression for one that does not match.
    private static func tolerantly(_ call: Call) throws(FunctionFailure) -> Value {
        guard let regex = try? Regex(call.text(0), call.engine) else { return .bool(false) }
        return .bool(try regex.match(call.text(1)) != nil)
    }

    private static func expanded(_ call: Call) throws(FunctionFailure) -> Value {
        let replacement = call.text(2)
        return try replaced(call) { match, regex, builder in
            expand(replacement, match, call.text(1), regex, &builder)
        }
    }

    private static func matches(_ call: Call) throws(FunctionFailure) -> Bool {
        try Regex(call.text(0), call.engine).match(call.text(1)) != nil
    }

    private static func replaced(
        _ call: Call, _ replace: ([Int], Regex, inout TextBuilder) -> Void
    ) throws(FunctionFailure) -> Value {
        let text = call.text(1)
        let regex = try Regex(call.text(0), call.engine)
        let matches = try regex.matches(text)
        return try call.engine.string { builder in
            var end = 0
            for match in matches {
                builder.append(text.part(end..<match[0]))
                replace(match, regex, &builder)
                end = match[1]
            }
            builder.append(text.from(end))
        }
    }

    /// `$1`, `${1}`, `$name`, `${name}`, `$$`.
    private static func expand(
        _ template: Text, _ match: [Int], _ text: Text, _ regex: Regex, _ builder: inout TextBuilder
    ) {
        var index = 0
        while index < template.count {
            guard template[index] == UInt8(ascii: "$") else {
                builder.append(template[index])
                index += 1
                continue
            }
            if index + 1 < template.count, template[index + 1] == UInt8(ascii: "$") {
                builder.append("$")
                index += 2
                continue
            }
            let isBraced = index + 1 < template.count && template[index + 1] == UInt8(ascii: "{")
            let start = index + (isBraced ? 2 : 1)
            var end = start
            while end < template.count {
                let rune = template.rune(at: end)
                guard rune.scalar.isGoLetter || rune.scalar.isGoDigit || rune.scalar == "_" else { break }
                end = rune.range.upperBound
            }
            guard end > start, !isBraced || end < template.count && template[end] == UInt8(ascii: "}") else {
                builder.append("$")
                index += 1
                continue
            }
            let name = template.part(start..<end).plain
            let isNumber =
                name.allSatisfy { $0.isASCII && $0.isNumber } && (name == "0" || !name.hasPrefix("0"))
            if let group = isNumber ? Int(name) : regex.names[name], group <= regex.groupCount,
                match[2 * group] >= 0
            {
                builder.append(text.part(match[2 * group]..<match[2 * group + 1]))
            }
            index = end + (isBraced ? 1 : 0)
        }
    }
}
