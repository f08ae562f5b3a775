import Plan

extension Template {
    static func undefined(_ call: TemplateCall, among names: some Sequence<String>) -> TemplateError {
        let near = nearest(to: call.name, among: names, limit: 1)
        return TemplateError(
            "there is no template \(quoted(call.name))", at: call.position,
            hint: near.first.map { "did you mean \(quoted($0))?" }
                ?? "define it with {{define \(quoted(call.name))}}…{{end}}")
    }
}
