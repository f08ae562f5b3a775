import Injection
import Plan
import SecretMemory
import TestSupport
import Testing

@Suite("The annotation config")
struct ConfigAnnotationTests {
    private func plan(_ yaml: String) throws -> Plan {
        try #require(try AnnotationParserTests.parse(["config": yaml]).plan)
    }

    private func mistakes(_ yaml: String) throws -> [Mistake] {
        try AnnotationParserTests.mistakes(["config": yaml])
    }

    @Test("takes every key of the contract")
    func everything() throws {
        let plan = try plan(
            """
            secrets:
              - record: db
                path: /app/config/db.sh
                template: |
                  export PASSWORD="{{ .password }}"
                mode: 0400
              - record: api keys
                format: env
                fields: [login, password]
              - record: db
                fields: [password]
                path: /app/config/password
              - notation: Team/db/field/login
                path: /app/config/login
              - record: tls
                fileName: tls.crt
              - record: web
                injectAsEnvVars: true
                envPrefix: WEB_
                envKeys: {login: USER, password: PASS}
              - record: web
                path: /app/config/web.ini
                format: ini
                injectAsK8sSecret: true
                k8sSecretName: web
                k8sSecretKeys: {login: username}
                k8sSecretType: kubernetes.io/basic-auth
            folders:
              - path: Production/Databases
                outputPath: /app/all
                format: yaml
                recursive: true
              - uid: 4YwonuuDX3fjG247yaOKbA
                injectAsK8sSecret: true
                k8sSecretNamePrefix: team-
            """)
        let selections = plan.selections
        #expect(selections.map(\.origin) == Array(repeating: "config", count: 7))
        #expect(selections[0].format == .template("export PASSWORD=\"{{ .password }}\"\n"))
        #expect(selections[0].mode == 0o400)
        #expect(selections[1].output == .path(try AbsolutePath("/keeper/secrets/api-keys.env")))
        #expect(selections[1].fields == ["login", "password"])
        #expect(selections[2].format == .raw)
        #expect(selections[3].target == .notation(try Notation("keeper://db/field/login"), folder: ["Team"]))
        #expect(selections[4].target == .attachment(record: "tls", name: "tls.crt"))
        #expect(selections[4].output == .path(try AbsolutePath("/keeper/secrets/tls.crt")))
        #expect(selections[5].output == .noFile)
        #expect(
            selections[5].environment
                == EnvironmentVariables(
                    prefix: "WEB_",
                    names: [
                        FieldName(field: "login", name: "USER"), FieldName(field: "password", name: "PASS"),
                    ]))
        #expect(selections[6].format == .ini)
        #expect(selections[6].kubernetesSecret?.type == "kubernetes.io/basic-auth")
        #expect(selections[6].kubernetesSecret?.keys == [FieldName(field: "login", name: "username")])
        #expect(plan.folders.map(\.format) == [.yaml, .json])
        #expect(plan.folders.map(\.recursive) == [true, false])
        #expect(plan.folders[1].output == .noFiles)
        #expect(plan.folders[1].kubernetesSecret?.name == "team-")
        // What admission time wrote, pod time reads.
        #expect(try Plan(parsing: SecretBytes(plan.json)) == plan)
    }

    @Test(
        "names the place of each mistake",
        arguments: [
            ("secrets:\n  - record: x\n   path: /bad", "is no YAML: line 3, column 4"),
            ("", "is empty"), ("[]", "line 1: is no map"), ("secrets: []", "selects nothing"),
            ("secrets: x", "secrets (line 1): is no list"),
            ("secrts: []", "line 1: unknown key \"secrts\""),
            ("secrets:\n- recrd: x", "secrets[0] (line 2): unknown key \"recrd\""),
            ("secrets:\n- path: /x/y", "secrets[0] (line 2): names no record"),
            (
                "secrets:\n- record: x\n  path: /x/y\n  template: |\n    a\n    {{ .b | uper }}",
                "secrets[0].template (line 4): line 2, column 9: there is no function"
            ),
            (
                "secrets:\n- record: x\n  path: relative",
                "secrets[0].path (line 3): the path \"relative\" does not start with '/'"
            ),
            ("secrets:\n- record: x\n  format: toml", "secrets[0].format (line 3): \"toml\" is no format"),
            (
                "secrets:\n- record: x\n  format: json\n  template: y",
                "secrets[0].format (line 3): contradicts \"template\""
            ),
            ("secrets:\n- record: x\n  mode: 0777", "secrets[0].mode (line 3): makes a secret executable"),
            (
                "secrets:\n- record: x\n  injectAsEnvVars: yes",
                "secrets[0].injectAsEnvVars (line 3): \"yes\" is neither true nor false"
            ),
            (
                "secrets:\n- record: x\n  envKeys: {a: 1x}\n  injectAsEnvVars: true",
                "secrets[0].envKeys (line 3): maps to something"
            ),
            (
                "secrets:\n- notation: keeper://x/nothing\n  path: /x/y",
                "secrets[0].notation (line 2): is no Keeper notation"
            ),
            (
                "secrets:\n- record: x\n  file: a\n  fileName: a",
                "secrets[0].fileName (line 4): contradicts \"file\""
            ),
            ("folders:\n- outputPath: /x", "folders[0] (line 2): names no folder"),
            ("folders:\n- uid: x", "folders[0].uid (line 2): \"x\" is no uid"),
            (
                "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nsecrets: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]",
                "is nested too deep, or aliases make too much of it"
            ),
        ])
    func places(yaml: String, problem: String) throws {
        let mistake = try #require(try mistakes(yaml).first)
        #expect(mistake.problem.hasPrefix(problem), "\(mistake.problem)")
        #expect(mistake.annotation == "keeper.security/config")
    }

    @Test("with several wrong entries names them all")
    func several() throws {
        #expect(try mistakes("secrets:\n- recrd: x\n- record: y\n  path: z\nfolders:\n- uid: q").count == 3)
    }

    @Test("that is nested without end is refused, not followed")
    func deep() throws {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
            String(repeating: "{a: ", count: 50_000),
        ] {
            #expect(try !mistakes(text).isEmpty)
        }
    }
}
