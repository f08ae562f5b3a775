import JSONText

/// JSON to be written, keys in the order given.
indirect enum PlanTree {
    typealias Member = (String, PlanTree)

    case string(String)
    case number(Int64)
    case bool(Bool)
    case array([PlanTree])
    case object([Member])

    static func strings(_ texts: [String]) -> PlanTree { .array(texts.map(PlanTree.string)) }

    /// - Parameter level: the depth for indentation; `nil` writes no white space.
    func append(to writer: inout JSONWriter, level: Int?) {
        switch self {
        case .string(let text): writer.string(text)
        case .number(let number): writer.integer(number)
        case .bool(let flag): writer.raw(flag ? "true" : "false")
        case .array(let elements):
            PlanTree.appendList("[", "]", elements.count, to: &writer, level: level) { writer, index, level in
                elements[index].append(to: &writer, level: level)
            }
        case .object(let members):
            PlanTree.appendList("{", "}", members.count, to: &writer, level: level) { writer, index, level in
                writer.string(members[index].0)
                writer.raw(level == nil ? ":" : ": ")
                members[index].1.append(to: &writer, level: level)
            }
        }
    }

    private static func appendList(
        _ opening: StaticString, _ closing: StaticString, _ count: Int, to writer: inout JSONWriter,
        level: Int?,
        element: (inout JSONWriter, Int, Int?) -> Void
    ) {
        writer.raw(opening)
        let inner = level.map { $0 + 1 }
        for index in 0..<count {
            if index > 0 { writer.raw(",") }
            if let inner { writer.newline(level: inner) }
            element(&writer, index, inner)
        }
        if let level, count > 0 { writer.newline(level: level) }
        writer.raw(closing)
    }
}

extension JSONWriter {
    /// A line break and two spaces for each level.
    fileprivate mutating func newline(level: Int) {
        raw("\n")
        for _ in 0..<level { raw("  ") }
    }
}
