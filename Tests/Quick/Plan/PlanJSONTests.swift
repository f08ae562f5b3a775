import Plan
import SecretMemory
import TestSupport
import Testing

@Suite("The Plan's JSON")
struct PlanJSONTests {
    private static let sample = """
        {"version":1,"configuration":{"secret":"keeper-credentials"},"selections":[\
        {"origin":"secret-db","record":"db","path":"/app/config/db.json","format":"json"},\
        {"origin":"secret-p","record":"db","field":"pass\\"word","path":"/keeper/secrets/p","format":"raw"},\
        {"origin":"secret-n","notation":"keeper://db/field/login","path":"/keeper/secrets/n","format":"raw"},\
        {"origin":"secret","record":"QabbPIdM8Unw4hwVM-F8VQ","directory":"/keeper/secrets",\
        "suffix":".json","format":"json"}],"secretsPath":"/keeper/secrets",\
        "directories":["/app/config","/keeper/secrets"],"refreshInterval":"5m0s","initOnly":false,\
        "failOnError":true,"strictLookup":false,"initTimeout":"1m0s"}
        """

    private func plan(_ json: String) throws -> Plan { try Plan(parsing: SecretBytes(json.utf8)) }

    private static let samplePlan: Plan = {
        let path: (String) -> AbsolutePath = { (try? AbsolutePath($0)) ?? .defaultSecretsPath }
        let notation = try? Notation("keeper://db/field/login")
        return Plan(
            configuration: .secret(name: "keeper-credentials"),
            selections: [
                Selection(
                    origin: "secret-db", target: .record("db"), output: .path(path("/app/config/db.json")),
                    format: .json),
                Selection(
                    origin: "secret-p", target: .field(record: "db", name: "pass\"word"),
                    output: .path(path("/keeper/secrets/p")), format: .raw),
                Selection(
                    origin: "secret-n", target: notation.map { .notation($0) } ?? .record("?"),
                    output: .path(path("/keeper/secrets/n")), format: .raw),
                Selection(
                    origin: "secret", target: .record("QabbPIdM8Unw4hwVM-F8VQ"),
                    output: .namedByTitle(directory: .defaultSecretsPath, suffix: ".json"), format: .json),
            ],
            directories: [path("/app/config"), .defaultSecretsPath])
    }()

    @Test("is exactly this, and read back")
    func golden() throws {
        #expect(String(decoding: Self.samplePlan.json, as: UTF8.self) == Self.sample)
        #expect(try plan(Self.sample) == Self.samplePlan)
        let pretty = String(decoding: Self.samplePlan.prettyJSON, as: UTF8.self)
        #expect(pretty.hasPrefix("{\n  \"version\": 1,\n  \"configuration\": {\n    \"secret\": "))
        #expect(pretty.hasSuffix("\n}\n"))
        #expect(try plan(pretty) == Self.samplePlan)
    }

    @Test(
        "that is wrong is refused with the place",
        arguments: [
            (#""version":1"#, #""version":2"#, "version"), (#""version":1"#, #""version":"1""#, "version"),
            (#""version":1,"#, "", "version"), (#""version":1,"#, #""version":1,"wersion":1,"#, ""),
            (#""format":"raw""#, #""format":"xml""#, "selections[1].format"),
            (#""format":"json"}]"#, #""format":"json","made":"0400"}]"#, "selections[3]"),
            (#""format":"json"}]"#, #""format":"json","mode":"0400"}]"#, "selections[3].mode"),
            (
                #""initOnly":false,"#, #""initOnly":false,"environmentContainers":["../x"],"#,
                "environmentContainers"
            ),
            (#""initOnly":false,"#, "", "initOnly"), (#""initOnly":false"#, #""initOnly":0"#, "initOnly"),
            ("5m0s", "5 minutes", "refreshInterval"), ("5m0s", "-5m", "refreshInterval"),
            ("/app/config/db.json", "/app/config/../x", "selections[0].path"),
            ("/app/config/db.json", "/other/db.json", "selections[0].path"),
            (#""directories":["/app/config","#, #""directories":[7,"#, "directories[0]"),
            (#","/keeper/secrets"],"refresh"#, #"],"refresh"#, "directories"),
            (#"{"secret":"keeper-credentials"}"#, "{}", "configuration"),
            (#"{"secret":"keeper-credentials"}"#, "[]", "configuration"),
            (#""record":"db","field""#, #""field""#, "selections[1]"),
            (#""suffix":".json""#, #""suffix":"/x""#, "selections[3].suffix"),
            ("keeper://db/field/login", "keeper://db/nothing", "selections[2].notation"),
            (#""failOnError":true"#, #""failOnError":true,"failOnError":true"#, ""),
        ])
    func strict(old: String, new: String, place: String) throws {
        let broken = Self.sample.replacing(old, with: new, maxReplacements: 1)
        #expect(broken != Self.sample)
        let error = try #require(throws: PlanError.self) { try plan(broken) }
        #expect(error.place == place, "\(error.message)")
        #expect(error.exitCode == .configuration)
    }

    @Test("that is no JSON or no object is refused", arguments: ["", "{", "[]", "null", "\"x\"", "{}"])
    func garbage(json: String) throws {
        #expect(throws: PlanError.self) { try plan(json) }
    }

    @Test("comes back the same, the same bytes each time")
    func roundTrip() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let original = Self.randomPlan(&random)
            let json = original.json
            #expect(try Plan(parsing: SecretBytes(json)) == original)
            #expect(original.json == json)
        }
    }

    private static func randomPlan(_ random: inout SeededRandom) -> Plan {
        let pieces = ["a", "\"", "\\", "\n", "é", "🔑", "\u{7F}", "\u{1}", "/", "[", "x"]
        let directories = ["/app", "/srv/é \"x\""].compactMap { try? AbsolutePath($0) }
        var selections: [Selection] = []
        for index in 0..<Int.random(in: 0...6, using: &random) {
            let text = random.text(of: pieces, upTo: 12)
            let target: Selection.Target =
                switch index % 3 {
                case 0: .record(text)
                case 1: .field(record: text, name: random.text(of: pieces, upTo: 5))
                default:
                    (try? Notation("keeper://r/custom_field/x[\(index)]")).map { .notation($0) }
                        ?? .record("")
                }
            let path = try? (directories + [.defaultSecretsPath]).randomElement(using: &random)?.appending(
                "f\(index)")
            let output: Selection.Output =
                Bool.random(using: &random)
                ? .namedByTitle(directory: .defaultSecretsPath, suffix: ".json")
                : .path((path ?? nil) ?? .defaultSecretsPath)
            selections.append(
                Selection(
                    origin: random.text(of: pieces, upTo: 9), target: target, output: output,
                    format: Format.named.map(\.format).randomElement(using: &random) ?? .json))
        }
        return Plan(
            configuration: Bool.random(using: &random)
                ? .commandLine : .secret(name: random.text(of: pieces, upTo: 9)),
            selections: selections, directories: directories + [.defaultSecretsPath],
            refreshInterval: .nanoseconds(Int64.random(in: 0...(1 << 50), using: &random)),
            initOnly: Bool.random(using: &random), failOnError: Bool.random(using: &random),
            strictLookup: Bool.random(using: &random),
            initTimeout: .milliseconds(Int64.random(in: 0...100_000, using: &random)))
    }
}
