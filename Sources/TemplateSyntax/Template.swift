/// A Go `text/template` that is known to be well formed.
///
///     let template = try Template(parsing: "user={{ .login | quote }}")
///
/// It depends on no value: admission and the agent find the same mistakes. Stricter than Go, which
/// tells only when it comes to the place: unknown templates, undeclared variables and wrong numbers of
/// arguments are found here.
package struct Template: Sendable {
    package let main: Block
    /// What `{{define}}` and `{{block}}` name.
    package let definitions: [String: Block]
    package let limits: TemplateLimits

    /// - Throws: `TemplateError` for the first mistake.
    package init(parsing text: String, limits: TemplateLimits = TemplateLimits()) throws(TemplateError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// - Throws: `TemplateError` for the first mistake.
    package init(parsing bytes: [UInt8], limits: TemplateLimits = TemplateLimits()) throws(TemplateError) {
        guard bytes.count <= limits.size else {
            throw TemplateError(
                "the template has \(bytes.count) bytes, at most \(limits.size) are taken",
                at: SourcePosition(line: 1, column: 1))
        }
        var parser = try Parser(source: Source(bytes: bytes), limits: limits)
        main = try parser.template()
        definitions = parser.definitions
        self.limits = limits
        for call in parser.calls where definitions[call.name] == nil {
            throw Self.undefined(call, among: definitions.keys)
        }
    }
}
