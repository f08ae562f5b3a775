import TemplateSyntax

/// What can be said of a template without a record: the agent's own parser reads it.
enum TemplateCheck {
    /// What is wrong with it, with line and column; `nil` when nothing is.
    static func problem(in source: String) -> String? {
        do throws(TemplateError) {
            _ = try Template(parsing: source)
            return nil
        } catch {
            return error.message + (error.hint.map { " (\($0))" } ?? "")
        }
    }
}
