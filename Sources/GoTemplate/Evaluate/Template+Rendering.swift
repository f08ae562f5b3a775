package import TemplateSyntax

extension Template {
    /// Renders with `data` as the dot, as Go's `text/template` with `missingkey=zero` does, but nothing
    /// where Go writes `<no value>`.
    ///
    /// - Throws: `TemplateError` with the place; it names no value.
    package func render(
        _ data: TemplateData, options: RenderOptions = RenderOptions()
    ) throws(TemplateError) -> Rendering {
        try Engine(self, options: options).run(data)
    }
}

extension Engine {
    func run(_ data: TemplateData) throws(TemplateError) -> Rendering {
        let start = SourcePosition(line: 1, column: 1)
        let dot = try failing(at: start) { () throws(FunctionFailure) in try value(of: data) }
        variables = [("$", dot)]
        _ = try walk(template.main, dot)
        try checkOutput(at: start)
        var made = TextBuilder(limit: 0)
        swap(&made, &output)
        return Rendering(output: made.finish(), missing: missing, isVolatile: isVolatile)
    }

    func checkOutput(at position: SourcePosition) throws(TemplateError) {
        guard output.overflowed else { return }
        throw TemplateError("the output is larger than \(template.limits.output) bytes", at: position)
    }

    /// Gives a failure of a function its place.
    func failing<Result>(
        at position: SourcePosition, in name: String? = nil,
        _ body: () throws(FunctionFailure) -> Result
    ) throws(TemplateError) -> Result {
        do throws(FunctionFailure) {
            return try body()
        } catch {
            throw TemplateError((name.map { "\($0): " } ?? "") + error.reason, at: position)
        }
    }
}
