import TemplateSyntax
import Testing

@Suite("Template syntax")
struct TemplateSyntaxTests {
    @Test(
        "what Go takes is taken",
        arguments: [
            "", "plain", "{{ .a }}", "{{- .a -}}", "{{/* c */}}", "{{- /* c */ -}}", "{{ .a.b.c }}",
            "{{ $ }}",
            "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "{{ range $i, $e := .l }}{{ $i }}{{ $e }}{{ end }}",
            "{{ range . }}{{ break }}{{ continue }}{{ else }}x{{ end }}",
            "{{ with $x := .a }}{{ $x }}{{ end }}",
            "{{ if .a }}b{{ else if .c }}d{{ else }}e{{ end }}", "{{ with .a }}b{{ else with .c }}d{{ end }}",
            "{{ define \"t\" }}x{{ end }}{{ template \"t\" . }}", "{{ block \"b\" . }}{{ .a }}{{ end }}",
            "{{ (index . \"a b\").c }}", "{{ printf \"%s\" `raw` | upper }}",
            "{{ 'x' }}{{ '\\n' }}{{ '\\x41' }}",
            "{{ 0x1F }}{{ 0b1 }}{{ 0o17 }}{{ 017 }}{{ 1_000 }}{{ 1e3 }}{{ 0x1p-2 }}{{ 1i }}{{ 1+2i }}{{ -1 }}",
            "{{ .a\n | upper }}", "{{ and .a .b | not }}", "{{ \"\\u00e9\\101\" }}", "{{ .größe }}", "}} {",
            "{{ .5 }}",
        ])
    func accepted(text: String) throws {
        _ = try Template(parsing: text)
    }

    @Test(
        "names of fields that a template reads of its dot",
        arguments: [
            ("{{ .a }}{{ .b.c }}{{ $.d }}{{ (.e) }}", ["a", "b", "d", "e"]),
            ("{{ index . \"x y\" }}{{ index $ `z` | upper }}{{ index .l 0 }}", ["x y", "z", "l"]),
            ("{{ if .a }}{{ .b }}{{ else }}{{ .c }}{{ end }}", ["a", "b", "c"]),
            (
                "{{ range .l }}{{ .inner }}{{ $.outer }}{{ else }}{{ .empty }}{{ end }}",
                ["l", "outer", "empty"]
            ),
            ("{{ with $x := .a }}{{ .no }}{{ $x.no }}{{ end }}", ["a"]),
            ("{{ define \"t\" }}{{ .t }}{{ end }}{{ template \"t\" . }}", ["t"]),
            ("{{ . }}{{ 1 }}", []),
        ])
    func fieldNames(text: String, names: [String]) throws {
        #expect(try Template(parsing: text).fieldNames == names)
    }

    @Test(
        "a mistake is told with its place",
        arguments: [
            ("{{ .a", 1, 1, "an action is not closed"),
            ("a\n  {{ foo }}", 2, 6, "there is no function \"foo\""),
            ("{{ uper .a }}", 1, 4, "there is no function \"uper\""),
            ("{{ env \"HOME\" }}", 1, 4, "the function env is not offered"),
            ("{{ genCA \"a\" 1 }}", 1, 4, "the function genCA is not offered"),
            ("{{ template \"t\" }}", 1, 13, "there is no template \"t\""),
            ("{{ if .a }}", 1, 1, "{{if}} is not closed"),
            ("{{ else }}", 1, 1, "{{else}} without"),
            ("{{ end }}", 1, 1, "{{end}} without"),
            ("{{ if .a }}{{ else }}{{ else }}{{ end }}", 1, 22, "a second {{else}}"),
            ("{{ break }}", 1, 1, "{{break}} outside"),
            ("{{ range . }}{{ define \"x\" }}{{ end }}{{ end }}", 1, 14, "{{define}} inside"),
            ("{{ $x }}", 1, 4, "the variable $x is not declared"),
            ("{{ $x = 1 }}", 1, 4, "the variable $x is not declared"),
            ("{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", 1, 39, "the variable $x is not declared"),
            ("{{ 0x }}", 1, 4, "\"0x\" is no number"),
            ("{{ 1a }}", 1, 4, "1a is no number"),
            ("{{ 99999999999999999999 }}", 1, 4, "\"99999999999999999999\" is no number"),
            ("{{ \"a }}", 1, 4, "a quoted string is not closed"),
            ("{{ \"\\q\" }}", 1, 4, "an escape that Go does not know"),
            ("{{ 'ab' }}", 1, 4, "a character constant"),
            ("{{ (.a }}", 1, 4, "a parenthesis is not closed"),
            ("{{ .a) }}", 1, 6, "a closing parenthesis"),
            ("{{ .some-name }}", 1, 9, "\"-\" cannot stand here"),
            ("{{ .a && .b }}", 1, 7, "\"&\" cannot stand here"),
            ("{{ .a | 1 }}", 1, 9, "a value cannot stand after a pipe"),
            ("{{ }}", 1, 6, "an action has no value"),
            ("{{ nil }}", 1, 4, "nil is no command"),
            ("{{ upper }}", 1, 4, "upper takes 1 arguments, here are 0"),
            ("{{ upper .a .b }}", 1, 4, "upper takes 1 arguments, here are 2"),
            ("{{ \"a\" .b }}", 1, 8, "a value that is no function"),
            ("{{/* a }}", 1, 1, "a comment is not closed"),
            ("{{/* a */ b}}", 1, 10, "something follows the comment"),
            ("ä€😀{{ foo }}", 1, 7, "there is no function"),
        ] as [(String, Int, Int, String)])
    func refused(text: String, line: Int, column: Int, reason: String) {
        let error = #expect(throws: TemplateError.self) { _ = try Template(parsing: text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    }

    @Test("a misspelt name gets its neighbour as a hint")
    func hints() {
        let function = #expect(throws: TemplateError.self) { _ = try Template(parsing: "{{ uper .a }}") }
        #expect(function?.hint?.contains("upper") == true)
        let variable = #expect(throws: TemplateError.self) {
            _ = try Template(parsing: "{{ $name := 1 }}{{ $nmae }}")
        }
        #expect(variable?.hint == "did you mean $name?")
        let template = #expect(throws: TemplateError.self) {
            _ = try Template(parsing: "{{ define \"head\" }}{{ end }}{{ template \"haed\" }}")
        }
        #expect(template?.hint == "did you mean \"head\"?")
    }

    @Test("size and depth are bounded")
    func limits() {
        #expect(throws: TemplateError.self) {
            _ = try Template(parsing: String(repeating: "a", count: 65_537))
        }
        let parentheses = "{{ " + String(repeating: "(", count: 5_000) + ".a"
        #expect(throws: TemplateError.self) {
            _ = try Template(parsing: parentheses + String(repeating: ")", count: 5_000) + " }}")
        }
        #expect(throws: TemplateError.self) {
            _ = try Template(parsing: String(repeating: "{{if .a}}", count: 5_000))
        }
        #expect(throws: TemplateError.self) {
            _ = try Template(
                parsing: "{{if .a}}" + String(repeating: "{{else if .a}}", count: 2_000) + "{{end}}")
        }
    }

    @Test("no function is both offered and refused")
    func table() {
        #expect(Set(FunctionTable.offered.keys).isDisjoint(with: FunctionTable.refused.keys))
    }
}
