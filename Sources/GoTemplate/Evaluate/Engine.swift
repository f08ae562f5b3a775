import SecretMemory
import TemplateSyntax

/// One evaluation of a template.
final class Engine {
    let template: Template
    let options: RenderOptions
    var output: TextBuilder
    /// Names with their `$`, innermost last.
    var variables: [(name: String, value: Value)] = []
    /// Names of keys that were not there, in order of appearance.
    private(set) var missing: [String] = []
    /// Whether a function was called that answers differently each time.
    var isVolatile = false
    /// Above 0 while the template itself asks whether something is there.
    var tolerance = 0
    var callDepth = 0
    private var nesting = 0
    private var steps = 0
    private var produced = 0
    /// Emptied at the end: dicts may hold each other in a circle or ten thousand levels deep, and Swift
    /// would never or all too deeply release them.
    private var lists: [List] = []
    private var dicts: [Dict] = []

    init(_ template: Template, options: RenderOptions) {
        self.template = template
        self.options = options
        output = TextBuilder(limit: template.limits.output)
    }

    deinit {
        for list in lists { list.clear() }
        for dict in dicts { dict.clear() }
    }

    // MARK: Limits

    /// - Throws: `FunctionFailure` when the template has used up its steps.
    func charge(steps count: Int) throws(FunctionFailure) {
        steps += max(count, 0)
        guard steps <= template.limits.steps else {
            throw FunctionFailure("more than \(template.limits.steps) steps")
        }
    }

    func step(at position: SourcePosition) throws(TemplateError) {
        steps += 1
        guard steps <= template.limits.steps else {
            throw TemplateError("more than \(template.limits.steps) steps", at: position)
        }
    }

    /// Runs `body` one level deeper.
    func nested<Result>(
        at position: SourcePosition, _ body: () throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= 4 * template.limits.depth else {
            throw TemplateError(
                "more than \(4 * template.limits.depth) levels within each other", at: position)
        }
        return try body()
    }

    // MARK: Making values

    /// A string that a function builds.
    func text(
        _ build: (inout TextBuilder) throws(FunctionFailure) -> Void
    ) throws(FunctionFailure) -> Text {
        let limit = min(template.limits.output, template.limits.produced - produced)
        var builder = TextBuilder(limit: max(limit, 0))
        try build(&builder)
        guard !builder.overflowed else {
            throw FunctionFailure("a string would be larger than \(limit) bytes")
        }
        produced += builder.count
        return Text(builder.finish())
    }

    func string(
        _ build: (inout TextBuilder) throws(FunctionFailure) -> Void
    ) throws(FunctionFailure) -> Value {
        .string(try text(build))
    }

    func list(
        _ elements: [Value], of type: ElementType = .any, isNil: Bool = false
    ) throws(FunctionFailure) -> Value {
        try charge(steps: elements.count / 4 + 1)
        let list = List(elements, of: type, isNil: isNil)
        lists.append(list)
        return .list(list)
    }

    func strings(_ texts: [Text]) throws(FunctionFailure) -> Value {
        try list(texts.map { .string($0) }, of: .string)
    }

    func dict(_ members: [Text: Value], of type: ElementType = .any) throws(FunctionFailure) -> Value {
        try charge(steps: members.count / 4 + 1)
        let dict = Dict(members, of: type)
        dicts.append(dict)
        return .dict(dict)
    }

    /// Parts of the data, which cost the template nothing.
    func listOfData(_ elements: [Value]) throws(FunctionFailure) -> Value {
        let list = List(elements)
        lists.append(list)
        return .list(list)
    }

    func dictOfData(_ members: [Text: Value]) throws(FunctionFailure) -> Value {
        let dict = Dict(members)
        dicts.append(dict)
        return .dict(dict)
    }

    // MARK: Missing keys

    func noteMissing(_ name: String, at position: SourcePosition) throws(TemplateError) {
        guard tolerance == 0 else { return }
        if options.isStrict {
            throw TemplateError(
                "there is no \(name)", at: position,
                hint: "ask with {{ if .name }} or {{ .name | default \"…\" }}, or leave strict-templates out")
        }
        if !missing.contains(name), missing.count < 100 { missing.append(name) }
    }

    // MARK: Variables

    func variable(_ name: String) -> Value { variables.last { $0.name == name }?.value ?? .none }

    func assign(_ name: String, _ value: Value) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return }
        variables[index].value = value
    }
}
