import Injection
import Plan
import SecretMemory
import TestSupport
import Testing

@Suite("Annotations")
struct AnnotationParserTests {
    /// A pod that asks for injection with these annotations, without prefix.
    static func parse(
        _ annotations: [String: String], options: AnnotationParser.Options = .init()
    ) throws -> ParsedAnnotations {
        var all = ["inject": "true", "ksm-config": "keeper-credentials"]
        all.merge(annotations) { $1 }
        return try AnnotationParser(options: options).parse(
            all.map { Annotation(name: "keeper.security/" + $0.key, value: $0.value) })
    }

    static func plan(_ annotations: [String: String]) throws -> Plan {
        try #require(try parse(annotations).plan)
    }

    static func mistakes(_ annotations: [String: String]) throws -> [Mistake] {
        try #require(throws: InjectionError.self) { try parse(annotations) }.mistakes
    }

    @Test("of a simple pod become a Plan with the defaults of the contract")
    func simple() throws {
        let parsed = try Self.parse(["secret": "database-credentials"])
        let plan = try #require(parsed.plan)
        #expect(parsed.warnings.isEmpty)
        #expect(plan.configuration == .secret(name: "keeper-credentials"))
        #expect(plan.selections.map(\.origin) == ["secret"])
        #expect(plan.selections.first?.target == .record("database-credentials"))
        #expect(
            plan.selections.first?.output
                == .path(try AbsolutePath("/keeper/secrets/database-credentials.json")))
        #expect(plan.selections.first?.format == .json)
        #expect(plan.directories.map(\.description) == ["/keeper/secrets"])
        #expect(plan.refreshInterval == .seconds(300))
        #expect(plan.initTimeout == .seconds(60))
        #expect(plan.failOnError && !plan.initOnly && !plan.strictLookup)
    }

    @Test("of behaviour are carried over")
    func behaviour() throws {
        let plan = try Self.plan([
            "secret": "a", "secrets-path": "/run/keeper/", "refresh-interval": " 1h30m\n",
            "init-only": "FALSE",
            "fail-on-error": "False", "strict-lookup": "TRUE", "init-timeout": "1.5m", "backend": "tmpfs",
            "auth-method": "secret",
        ])
        #expect(plan.secretsPath.description == "/run/keeper")
        #expect(plan.selections.first?.output == .path(try AbsolutePath("/run/keeper/a.json")))
        #expect(plan.refreshInterval == .seconds(5_400))
        #expect(plan.initTimeout == .seconds(90))
        #expect(!plan.failOnError && plan.strictLookup && !plan.initOnly)
    }

    @Test(
        "without inject, or with inject false, ask for nothing", arguments: [nil, "false", "FALSE", "False"])
    func notAsked(inject: String?) throws {
        var annotations = ["keeper.security/refresh-interval": "nonsense", "other.io/inject": "true"]
        annotations["keeper.security/inject"] = inject
        let parsed = try AnnotationParser().parse(annotations)
        #expect(parsed.plan == nil)
        #expect(parsed.warnings.isEmpty)
        // Selected but not asked for: likely forgotten.
        annotations["keeper.security/secret-db"] = "/x/y"
        #expect(try AnnotationParser().parse(annotations).warnings.count == (inject == nil ? 1 : 0))
    }

    @Test(
        "take booleans in any case and refuse what Go or YAML would take",
        arguments: ["1", "yes", "on", "y", "tru", "", "0"])
    func booleans(value: String) throws {
        for name in ["inject", "init-only", "fail-on-error", "strict-lookup"] {
            let mistakes = try Self.mistakes([name: value, "secret": "a"])
            #expect(mistakes.map(\.annotation) == ["keeper.security/" + name])
            #expect(mistakes.first?.expected == #""true" or "false""#)
            #expect(mistakes.first?.example?.hasPrefix("keeper.security/\(name): ") == true)
        }
    }

    @Test("with many mistakes name them all at once, in one order")
    func allAtOnce() throws {
        let annotations = [
            "inject": "yes", "ksm-config": "Keeper Credentials", "refresh-interval": "5 minutes",
            "init-only": "on", "secrets-path": "/etc", "secret-a": "db:app/x", "secret-b": "db[:/app/b",
            "folder": "Team//x", "secrets": "a,,b",
        ]
        let error = try #require(throws: InjectionError.self) { try Self.parse(annotations) }
        #expect(
            error.mistakes.map { $0.annotation.dropFirst("keeper.security/".count) } == [
                "folder", "init-only", "inject", "ksm-config", "refresh-interval", "secret-a", "secret-b",
                "secrets",
                "secrets-path",
            ])
        #expect(error.exitCode == .configuration)
        #expect(
            error.message.hasPrefix(
                "9 mistakes in the annotations\n  1. keeper.security/folder: \"Team//x\": "))
        #expect(error.message.contains("\n       expected: "))
        for _ in 0..<20 {
            #expect(throws: error) { try Self.parse(annotations) }
        }
    }

    @Test("tell where the mistake is")
    func places() throws {
        let interval = try #require(
            try Self.mistakes(["refresh-interval": "5 minutes", "secret": "a"]).first)
        #expect(
            interval.description == """
                keeper.security/refresh-interval: "5 minutes", character 2: has the unknown unit " minutes"
                  expected: numbers with a unit each (h, m, s, ms), without spaces
                  example:  keeper.security/refresh-interval: "5m"
                """)
        let short = try #require(try Self.mistakes(["refresh-interval": "9.999s", "secret": "a"]).first)
        #expect(short.expected == "at least 10s")
        let notation = try #require(try Self.mistakes(["secret-x": "  keeper://r/fild/x"]).first)
        #expect(notation.position == 13)
    }

    @Test("for nothing, or without a configuration, are refused with an example")
    func missing() throws {
        let nothing = try Self.mistakes([:])
        #expect(nothing.map(\.problem) == ["nothing is selected"])
        #expect(nothing.first?.example == #"keeper.security/secret: "database-credentials""#)
        let error = try #require(throws: InjectionError.self) {
            try AnnotationParser().parse(["keeper.security/inject": "true", "keeper.security/secret": "a"])
        }
        #expect(error.mistakes.map(\.annotation) == ["keeper.security/ksm-config"])
        // A default of the cluster, or a file on a laptop, will do.
        let minimal = ["keeper.security/inject": "true", "keeper.security/secret": "a"]
        var policy = InjectionPolicy(version: "1")
        policy.defaults.authSecret = "team-secret"
        let chart = AnnotationParser(options: .init(policy: policy))
        #expect(try chart.parse(minimal).plan?.configuration == .secret(name: "team-secret"))
        let laptop = AnnotationParser(options: .init(hasConfiguration: true, assumesInject: true))
        #expect(try laptop.parse(["keeper.security/secret": "a"]).plan?.configuration == .commandLine)
        // An empty name is a mistake of its own, and the only one.
        #expect(try Self.mistakes(["ksm-config": " ", "secret": "a"]).map(\.problem) == ["is empty"])
    }

    @Test("may have a shorter interval outside a pod")
    func shortInterval() throws {
        let options = AnnotationParser.Options(minimumRefreshInterval: .milliseconds(50))
        let plan = try Self.parse(["secret": "a", "refresh-interval": "50ms"], options: options).plan
        #expect(plan?.refreshInterval == .milliseconds(50))
        #expect(throws: InjectionError.self) {
            try Self.parse(["secret": "a", "refresh-interval": "49ms"], options: options)
        }
    }

    @Test("with the old name of ksm-config are taken with a warning")
    func oldName() throws {
        let old = [
            "keeper.security/inject": "true", "keeper.security/secret": "a",
            "keeper.security/auth-secret": "x",
        ]
        let parsed = try AnnotationParser().parse(old)
        #expect(parsed.plan?.configuration == .secret(name: "x"))
        #expect(parsed.warnings.map(\.annotation) == ["keeper.security/auth-secret"])
        #expect(
            try Self.mistakes(["auth-secret": "other", "secret": "a"]).map(\.annotation) == [
                "keeper.security/auth-secret"
            ])
        #expect(try Self.parse(["auth-secret": "keeper-credentials", "secret": "a"]).warnings.count == 1)
    }

    @Test(
        "name a Secret that Kubernetes can have",
        arguments: ["Upper", "a_b", "-a", "a-", "a..b", "a/b", "é", "a\u{0}b"])
    func secretNames(name: String) throws {
        #expect(
            try Self.mistakes(["ksm-config": name, "secret": "a"]).map(\.annotation) == [
                "keeper.security/ksm-config"
            ])
    }

    @Test("that nobody knows give a warning with the nearest known one")
    func unknown() throws {
        let parsed = try Self.parse([
            "secret": "a", "refresh-intervall": "30s", "zzzzzzzzzzzz": "", "other": "x",
        ])
        #expect(
            parsed.warnings.first { $0.annotation.hasSuffix("intervall") }?.message
                == "is unknown and has no effect, is keeper.security/refresh-interval meant?")
        #expect(parsed.warnings.count == 3)
        #expect(parsed.plan?.refreshInterval == .seconds(300))
    }

    @Test("given twice are refused")
    func twice() throws {
        let list = [("inject", "true"), ("ksm-config", "k"), ("secret", "a"), ("secret", "b")]
        let error = try #require(throws: InjectionError.self) {
            try AnnotationParser().parse(
                list.map { Annotation(name: "keeper.security/" + $0.0, value: $0.1) })
        }
        #expect(error.mistakes.map(\.problem) == ["is given twice"])
    }

    @Test("with a refresh that never comes give a warning")
    func initOnly() throws {
        let parsed = try Self.parse(["secret": "a", "init-only": "true", "refresh-interval": "1m"])
        #expect(parsed.warnings.map(\.annotation) == ["keeper.security/refresh-interval"])
    }

    @Test("never print control characters, and clip what is long")
    func hostileText() throws {
        let value = "\u{1B}[2J\nforged line\u{202E}" + String(repeating: "x", count: 100_000)
        for name in ["refresh-interval", "secrets-path", "secret-a", "ksm-config", "inject"] {
            let error = try #require(throws: InjectionError.self) { try Self.parse([name: value]) }
            #expect(!error.message.contains("\u{1B}") && !error.message.contains("\nforged"))
            #expect(error.message.utf8.count < 4_000, "\(name)")
        }
    }

    @Test("of random bytes never crash the parser")
    func fuzz() throws {
        var random = SeededRandom(seed: 4)
        let names = [
            "inject", "ksm-config", "auth-secret", "secret", "secrets", "secret-a", "secret-b", "secret-",
            "secret-/x",
            "secret-..", "refresh-interval", "init-only", "secrets-path", "init-timeout", "strict-lookup",
            "folder", "x",
        ]
        let pieces = [
            "keeper://", "/", ":/", ":", "[", "]", "\\", ",", "field", "a", "..", "\u{0}", "\n", "5", "m",
            ".", "é", "🔑",
            "\u{301}", "true", "/app/x", "/keeper/secrets", "custom_field/x[0]", " ",
        ]
        var plans = 0
        for _ in 0..<10_000 {
            var annotations = ["inject": "true"]
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                annotations[names.randomElement(using: &random) ?? ""] =
                    Int.random(in: 0...4, using: &random) == 0
                    ? String(decoding: bytes, as: UTF8.self) : random.text(of: pieces, upTo: 8)
            }
            do {
                // `inject` may have become false.
                guard let plan = try Self.parse(annotations).plan else { continue }
                plans += 1
                // Whatever was accepted holds the rules.
                #expect(try Plan(parsing: SecretBytes(plan.json)) == plan)
                #expect(plan.directories.last == plan.secretsPath)
                for selection in plan.selections {
                    guard case .path(let path) = selection.output else { continue }
                    #expect(plan.directories.contains { path.relative(to: $0) != nil })
                    #expect(plan.selections.count { $0.output == selection.output } == 1)
                }
            } catch let error as InjectionError {
                #expect(!error.mistakes.isEmpty)
                #expect(!error.message.contains("\u{0}"))
            }
        }
        #expect(plans > 100)
    }
}
