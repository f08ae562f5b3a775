import Foundation
import TemplateSyntax
import TestSupport
import Testing

@Suite("docs/template-functions.md")
struct FunctionDocumentTests {
    @Test("names every function of each family, and every one that is refused with its reason")
    func saysWhatTheCodeSays() throws {
        let path = Checkout.root + "/docs/template-functions.md"
        let document = try String(contentsOfFile: path, encoding: .utf8)
        let made = Self.tables()
        #expect(
            document.contains(made),
            "the tables in docs/template-functions.md are not those of the code; they should read:\n\(made)")
    }

    /// The tables as the code has them.
    private static func tables() -> String {
        var text = "| family | functions |\n|---|---|\n"
        for family in FunctionFamily.allCases {
            let names = FunctionTable.offered.values.filter { $0.family == family }.map(\.name).sorted()
            text += "| \(family.rawValue) | \(names.map { "`\($0)`" }.joined(separator: ", ")) |\n"
        }
        text += "\n## Not offered\n\n| function | why |\n|---|---|\n"
        for (name, reason) in FunctionTable.refused.sorted(by: { $0.key < $1.key }) {
            text += "| `\(name)` | \(reason) |\n"
        }
        return text
    }
}
