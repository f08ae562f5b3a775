import Foundation
import Injection
import SecretMemory
import TestSupport
import Testing

/// What `docs/annotations.md` shows is what the code does.
@Suite("docs/annotations.md")
struct AnnotationsDocumentTests {
    /// The annotations and the language line of each fenced block, in order, with the block's text.
    private func blocks() throws -> [(language: String, text: String, annotations: [Annotation])] {
        let text = try String(contentsOfFile: Checkout.root + "/docs/annotations.md", encoding: .utf8)
        let parts = text.components(separatedBy: "```")
        return try parts.enumerated().filter { $0.offset % 2 == 1 }.map { _, block in
            let lines = block.components(separatedBy: "\n")
            let annotations = try lines.dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { lines[0].hasPrefix("yaml") && $0.hasPrefix(Annotation.prefix) }
                .map { line in
                    let cut = try #require(line.range(of: ": "), "\(line)")
                    // A YAML string in double quotes, as the examples use it, is a JSON string.
                    let value = try JSONDocument(parsing: SecretBytes(line[cut.upperBound...].utf8)).root
                        .string
                    return Annotation(name: String(line[..<cut.lowerBound]), value: try #require(value))
                }
            return (lines[0], lines.dropFirst().joined(separator: "\n"), annotations)
        }
    }

    @Test("every example is accepted, without an unknown annotation")
    func examples() throws {
        let examples = try blocks().filter { $0.language == "yaml" }
        #expect(examples.count == 5)
        for example in examples {
            let parsed = try AnnotationParser().parse(example.annotations)
            #expect(parsed.plan != nil)
            #expect(!parsed.warnings.contains { $0.message.contains("unknown") })
        }
    }

    @Test("the mistakes are told in these very words")
    func mistakes() throws {
        let blocks = try blocks()
        let wrong = try #require(blocks.first { $0.language == "yaml wrong" })
        let told = try #require(blocks.first { $0.language == "text" })
        let error = try #require(throws: InjectionError.self) {
            try AnnotationParser().parse(wrong.annotations)
        }
        #expect(error.message + "\n" == told.text)
    }
}
