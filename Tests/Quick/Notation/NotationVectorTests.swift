import Foundation
import Plan
import SecretMemory
import TestSupport
import Testing
import Vault

/// `notation-vectors.json`, made with the official Python client.
@Suite("Notation, as the official client answers")
struct NotationVectorTests {
    private let vault: Vault
    private let cases: [JSONValue]

    init() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("notation-vectors.json")))
        let root = try JSONDocument(parsing: SecretBytes(Array(data))).root
        let records = try #require(root["records"]).elements.map { data in
            try #require(Record(uid: data["uid"]?.string ?? "", data: data))
        }
        vault = Vault(records: records)
        cases = try #require(root["cases"]).elements
    }

    /// The values as text, or why there are none.
    private func answer(_ notation: String) -> Result<[String], any Error> {
        Result {
            guard case .values(let values) = try vault.values(of: Notation(notation)) else {
                throw NotationError(reason: "a file")
            }
            return values.map { $0.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        }
    }

    @Test("all 81 cases have the official client's answer; the base64 form is refused")
    func vectors() throws {
        #expect(cases.count == 81)
        var answered = 0
        for vector in cases {
            let notation = try #require(vector["notation"]?.string)
            let expected = vector["values"]?.elements.compactMap(\.string)
            let answer = answer(notation)
            if notation.hasPrefix("a2VlcGVy") {
                #expect(throws: NotationError.self) { try Notation(notation) }
            } else if let expected {
                let values = try #require(try? answer.get(), "\(notation): \(answer)")
                #expect(values.count == expected.count, "\(notation)")
                for (value, expected) in zip(values, expected) {
                    #expect(try normalised(value) == normalised(expected), "\(notation)")
                }
                answered += 1
            } else {
                #expect(vector["error"] != nil)
                #expect(throws: (any Error).self, "\(notation)") { try answer.get() }
            }
        }
        #expect(answered == 42)
    }

    /// Objects as compact JSON with sorted keys: the client prints them with spaces.
    private func normalised(_ text: String) throws -> String {
        guard text.hasPrefix("{") else { return text }
        var buffer = SecretBuffer()
        try JSONDocument(parsing: SecretBytes(text.utf8)).root.append(to: &buffer)
        return buffer.finish().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite("Notation")
struct NotationTests {
    @Test("names are unescaped, selectors taken in any case")
    func parsing() throws {
        let notation = try Notation(#"Keeper://a\/b\[c\]/Custom_Field/odd\/\[x\]\\[2][p\]q]"#)
        #expect(notation.record == "a/b[c]")
        #expect(
            notation.selector
                == .customField(
                    name: #"odd/[x]\"#, index: Notation.Index(position: 2, property: "p]q")))
        #expect(try Notation("r/FILE/a b.txt").selector == .file(name: "a b.txt"))
        #expect(try Notation("r/notes/").selector == .notes)
        #expect(try Notation("r/field/a/b").selector == .field(name: "a/b", index: Notation.Index()))
        #expect(try Notation("r/field/n[][]").selector == .field(name: "n", index: Notation.Index()))
    }

    @Test(
        "a mistake is told with its place",
        arguments: [
            ("", "empty", 0), ("name", "RECORD/SELECTOR", 0), ("keeper://", "record is missing", 9),
            ("keeper:///type", "record is empty", 9), ("keeper://r", "selector is missing", 10),
            ("r/feild/x", "did you mean 'field'?", 2), ("r/field", "needs a name", 7),
            ("r/field/", "needs a name", 8), ("r/field/[0]", "needs a name", 8),
            ("r/field/n[x]", "number or empty", 9), ("r/field/n[0", "']' is missing", 9),
            ("r/field/n[0]x", "only an index", 12), ("r/field/n[0][a][b]", "nothing may follow", 15),
            ("r/field/n[99999999999999999999]", "too large", 9), ("r/file/n[0]", "no index", 2),
            (#"r\x/type"#, "may stand before", 1), ("r/type/x", "nothing may follow", 7),
            ("r/field/n[0][a[b]", "another '['", 14), (#"r/field/n[0][a\\]"#, "']' is missing", 12),
        ])
    func mistakes(text: String, reason: String, position: Int) throws {
        let error = try #require(throws: NotationError.self) { try Notation(text) }
        #expect(error.reason.contains(reason))
        #expect(error.position == position, "\(error)")
    }
}
