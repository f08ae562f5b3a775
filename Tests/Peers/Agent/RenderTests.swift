import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("keeper-injector render")
struct RenderTests {
    private static let annotations = [
        "secret=Web shop login", "secret-password=Web shop login[password]:/app/password",
        "file-readme=Web shop login:readme.txt:/app/readme", "folder=Infrastructure",
        "folder-path=/app/infra",
        "config=secrets: [{record: Web shop login, path: /app/login, template: 'user {{ .login | upper }}'}]",
    ]

    private static var flags: [String] { annotations.flatMap { ["--annotation", $0] } }

    private func tool(_ arguments: [String]) throws -> CommandResult {
        try run(Checkout.product("keeper-injector"), ["render"] + arguments)
    }

    private func write(_ text: String, to name: String, in scratch: TemporaryDirectory) throws -> String {
        try text.write(toFile: scratch.file(name), atomically: false, encoding: .utf8)
        return scratch.file(name)
    }

    @Test("every file is shown as run writes it")
    func pod() throws {
        let laboratory = try Laboratory()
        let published = try laboratory.runOnce(Self.annotations)
        #expect(published.status == 0, "\(published.errors)")
        let written = Dictionary(
            uniqueKeysWithValues: try laboratory.tree().map { name, content in
                // ..<generation>/ is how the directory is published.
                let parts = name.split(separator: "/").filter { !$0.hasPrefix("..") }
                return ("/" + parts.joined(separator: "/"), content)
            })
        #expect(written.count > 5)

        let result = try tool(Self.flags + laboratory.connection)
        #expect(result.status == 0, "\(result.errors)")
        let shown = result.output.split(separator: "\n").filter { $0.hasPrefix("==> /") }.map {
            String($0.dropFirst(4).dropLast(4))
        }
        #expect(Set(shown) == Set(written.keys))
        #expect(result.output.contains("==> /app/login <==\nuser SHOP-ADMIN"), "\(result.output)")
        for (path, content) in written {
            let one = try tool(Self.flags + ["--path", path] + laboratory.connection)
            #expect(one.status == 0, "\(one.errors)")
            #expect(one.output == String(decoding: content, as: UTF8.self), "\(path)")
        }
    }

    @Test("--sample shows every name and no value")
    func sample() throws {
        let secrets = try Secrets()
        let laboratory = try Laboratory(secrets.vault)
        let result = try tool(Self.flags + ["--sample"] + laboratory.connection)
        #expect(result.status == 0, "\(result.errors)")
        secrets.expectNone(in: result.output + result.errors, "the output")
        for text in [
            "\"password\": \"sample-password\"", "==> /app/login <==\nuser SAMPLE-LOGIN\n",
            "sample content of readme.txt", "\"port\": \"sample-host-port\"",
        ] {
            #expect(result.output.contains(text), "\(text) in \(result.output)")
        }
    }

    @Test("a template shows what it makes of a record, of a map, and of made-up values")
    func template() throws {
        let laboratory = try Laboratory()
        let template = try write(
            "{{ if .login }}{{ .login }}@{{ index . \"API Key\" | lower }}{{ end }}\n", to: "a.tpl",
            in: laboratory.scratch)
        let values = try write(#"{"login": "ann", "API Key": "K"}"#, to: "v.json", in: laboratory.scratch)
        let ofRecord = try tool(
            ["--template", template, "--record", "Web shop login"] + laboratory.connection)
        #expect(ofRecord.output == "shop-admin@sk_test_51emulated\n", "\(ofRecord.errors)")
        let sampled = try tool(
            ["--template", template, "--record", "Web shop login", "--sample"] + laboratory.connection)
        #expect(sampled.output == "sample-login@sample-api key\n", "\(sampled.errors)")
        // From here on without any Keeper.
        #expect(try tool(["--template", template, "--values", values]).output == "ann@k\n")
        #expect(try tool(["--template", template, "--sample"]).output == "sample-login@sample-api key\n")
        let empty = try write("{}", to: "empty.json", in: laboratory.scratch)
        let missing = try write("[{{ .host }}]", to: "missing.tpl", in: laboratory.scratch)
        let lenient = try tool(["--template", missing, "--values", empty])
        #expect(lenient.output == "[]")
        #expect(lenient.errors.contains("host"))
        let strict = try tool(["--template", missing, "--values", empty, "--strict"])
        #expect(strict.status == 3)
        #expect(strict.errors.contains("'\(missing)', line 1, column 5"), "\(strict.errors)")
    }

    @Test(
        "what cannot be done is told with the place and the way out",
        arguments: [
            ([], 2, "--template FILE"),
            (["--template", "T"], 2, "--sample"),
            (["--template", "T", "--record", "a", "--values", "V"], 2, "not both"),
            (["--template", "T", "--values", "V", "--sample"], 2, "leave --sample out"),
            (["--annotation", "secret=a", "--record", "a"], 2, "need --template"),
            (["--template", "BAD", "--sample"], 3, "line 2, column 4"),
            (["--template", "T", "--values", "BAD"], 3, "line 1: not JSON"),
            (["--template", "T", "--values", "LIST"], 3, "no map"),
            (["--template", "T", "--values", "/nowhere"], 3, "No such file"),
        ])
    func mistakes(arguments: [String], status: Int32, message: String) throws {
        let scratch = try TemporaryDirectory()
        let files = [
            "T": try write("x", to: "t.tpl", in: scratch), "V": try write("{}", to: "v.json", in: scratch),
            "BAD": try write("a\n{{ uper .x }}", to: "bad", in: scratch),
            "LIST": try write("[1]", to: "list.json", in: scratch),
        ]
        let result = try tool(arguments.map { files[$0] ?? $0 })
        #expect(result.status == status, "\(result.errors)")
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test("a path that the pod does not have is told with those it has")
    func noSuchPath() throws {
        let laboratory = try Laboratory()
        let result = try tool(
            ["--annotation", "secret=Web shop login", "--path", "/x"] + laboratory.connection)
        #expect(result.status == 6)
        #expect(result.errors.contains("/keeper/secrets/web-shop-login.json"), "\(result.errors)")
    }
}
