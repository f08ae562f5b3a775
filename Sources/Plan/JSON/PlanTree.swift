import SecretMemory

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
    func append(to buffer: inout SecretBuffer, level: Int?) {
        switch self {
        case .string(let text): buffer.appendJSONString(text)
        case .number(let number): buffer.append(String(number))
        case .bool(let flag): buffer.append(flag ? "true" : "false")
        case .array(let elements):
            PlanTree.appendList("[", "]", elements.count, to: &buffer, level: level) { buffer, index, level in
                elements[index].append(to: &buffer, level: level)
            }
        case .object(let members):
            PlanTree.appendList("{", "}", members.count, to: &buffer, level: level) { buffer, index, level in
                buffer.appendJSONString(members[index].0)
                buffer.append(level == nil ? ":" : ": ")
                members[index].1.append(to: &buffer, level: level)
            }
        }
    }

    private static func appendList(
        _ opening: String, _ closing: String, _ count: Int, to buffer: inout SecretBuffer, level: Int?,
        element: (inout SecretBuffer, Int, Int?) -> Void
    ) {
        buffer.append(opening)
        let inner = level.map { $0 + 1 }
        for index in 0..<count {
            if index > 0 { buffer.append(",") }
            if let inner { buffer.appendNewline(level: inner) }
            element(&buffer, index, inner)
        }
        if let level, count > 0 { buffer.appendNewline(level: level) }
        buffer.append(closing)
    }
}
