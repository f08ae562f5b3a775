import Foundation
import GoTemplate
import SecretMemory
import TemplateSyntax

// Renders cases of standard input, one JSON object a line: {"text": …, "data": …}.
//
//     template-probe          answers each line with {"out": …} or {"error": …}
//     template-probe time N   reads all lines, renders them N times, prints the seconds and what they make

struct Case {
    let text: String
    let data: JSONValue

    init?(line: String) throws {
        guard let input = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let text = input["text"] as? String, let data = input["data"]
        else { return nil }
        self.text = text
        let bytes = try JSONSerialization.data(withJSONObject: data, options: [.fragmentsAllowed])
        self.data = try JSONDocument(parsing: SecretBytes([UInt8](bytes))).root
    }

    func render() throws -> SecretBytes { try Template(parsing: text).render(.json(data)).output }
}

func answer(_ one: Case) -> [String: String] {
    do {
        return ["out": try one.render().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }]
    } catch {
        return ["error": (error as? TemplateError)?.message ?? "\(error)"]
    }
}

func time(_ cases: [Case], repeats: Int) throws {
    var made: [SecretBytes] = []
    let start = ContinuousClock.now
    for _ in 0..<repeats { made = try cases.map { try $0.render() } }
    let seconds = start.duration(to: .now) / .seconds(1)
    print(seconds)
    fflush(nil)
    for output in made { output.withUnsafeBytes { FileHandle.standardOutput.write(Data($0)) } }
}

if CommandLine.arguments.dropFirst().first == "time" {
    var cases: [Case] = []
    while let line = readLine() { if let one = try Case(line: line) { cases.append(one) } }
    try time(cases, repeats: CommandLine.arguments.last.flatMap(Int.init) ?? 1)
} else {
    while let line = readLine() {
        guard let one = try Case(line: line) else { continue }
        let answered = try JSONSerialization.data(withJSONObject: answer(one))
        print(String(decoding: answered, as: UTF8.self))
        fflush(nil)
    }
}
