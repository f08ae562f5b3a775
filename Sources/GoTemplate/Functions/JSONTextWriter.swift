/// JSON as Go's `encoding/json` writes it.
struct JSONTextWriter {
    let engine: Engine
    let escapesHTML: Bool
    let isPretty: Bool

    func write(_ value: Value, level: Int, to builder: inout TextBuilder) throws(FunctionFailure) {
        try engine.charge(steps: 1)
        guard level <= engine.template.limits.depth else { throw FunctionFailure("lists and dicts too deep") }
        switch value {
        case .none, .null: builder.append("null")
        case .bool(let bool): builder.append(bool ? "true" : "false")
        case .int(let integer, _): builder.append("\(integer)")
        case .float(let float): builder.append(try Self.number(float))
        case .complex: throw FunctionFailure("JSON has no complex numbers")
        case .string(let text): string(text, to: &builder)
        case .time(let time): string(Text(time.rfc3339), to: &builder)
        case .version(let version): string(Text(version.description), to: &builder)
        case .list(let list):
            if list.isNil { return builder.append("null") }
            try sequence("[", "]", count: list.elements.count, level, &builder) {
                (index, builder) throws(FunctionFailure) in
                try write(list.elements[index], level: level + 1, to: &builder)
            }
        case .dict(let dict):
            let members = dict.sorted
            try sequence("{", "}", count: members.count, level, &builder) {
                (index, builder) throws(FunctionFailure) in
                string(members[index].key, to: &builder)
                builder.append(isPretty ? ": " : ":")
                try write(members[index].value, level: level + 1, to: &builder)
            }
        }
    }

    private func sequence(
        _ opening: String, _ closing: String, count: Int, _ level: Int, _ builder: inout TextBuilder,
        _ element: (Int, inout TextBuilder) throws(FunctionFailure) -> Void
    ) throws(FunctionFailure) {
        builder.append(opening)
        for index in 0..<count {
            if index > 0 { builder.append(",") }
            if isPretty { newline(level + 1, &builder) }
            try element(index, &builder)
        }
        if isPretty, count > 0 { newline(level, &builder) }
        builder.append(closing)
    }

    private func newline(_ level: Int, _ builder: inout TextBuilder) {
        builder.append("\n")
        for _ in 0..<level { builder.append("  ") }
    }

    /// As ES6 writes numbers, which encoding/json follows.
    static func number(_ float: Double) throws(FunctionFailure) -> String {
        guard float.isFinite else { throw FunctionFailure("JSON has no such number") }
        let magnitude = float.magnitude
        guard magnitude != 0, magnitude < 1e-6 || magnitude >= 1e21 else { return NumberFormat.plain(float) }
        let text = NumberFormat.float(float, verb: "e", precision: nil)
        // 1e-07 becomes 1e-7.
        guard text.hasSuffix(text.suffix(1)), let mark = text.firstIndex(of: "e") else { return text }
        let power = text[text.index(after: mark)...]
        return power.hasPrefix("-0") ? text[...mark] + "-" + power.dropFirst(2) : text
    }

    private func string(_ text: Text, to builder: inout TextBuilder) {
        builder.append("\"")
        for rune in text.runes {
            switch rune.scalar {
            case "\"": builder.append("\\\"")
            case "\\": builder.append("\\\\")
            case "\n": builder.append("\\n")
            case "\r": builder.append("\\r")
            case "\t": builder.append("\\t")
            case "\u{08}": builder.append("\\b")
            case "\u{0C}": builder.append("\\f")
            case "<" where escapesHTML, ">" where escapesHTML, "&" where escapesHTML, "\u{2028}", "\u{2029}":
                builder.append("\\u" + Quoting.hex(rune.scalar.value, 4))
            case _ where rune.scalar.value < 0x20: builder.append("\\u" + Quoting.hex(rune.scalar.value, 4))
            default:
                if rune.isValid {
                    builder.append(text.part(rune.range))
                } else {
                    builder.append("\\ufffd")
                }
            }
        }
        builder.append("\"")
    }
}
