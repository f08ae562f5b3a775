import Plan
import Testing

@Suite("Text in messages")
struct QuotedTests {
    @Test("is one line, clipped, with nothing hidden")
    func quoting() {
        #expect(quoted("plain") == #""plain""#)
        #expect(quoted("a\nb\t\"c\"\\") == #""a\nb\t\"c\"\\""#)
        #expect(
            quoted("\u{0}\u{1B}[31m\u{202E}\u{200B}\u{2028}") == #""\u{0}\u{1B}[31m\u{202E}\u{200B}\u{2028}""#
        )
        #expect(quoted("abcdef", limit: 3) == "\"abc…\"")
        // One letter of ten thousand marks is cut too.
        #expect(quoted("e" + String(repeating: "\u{301}", count: 10_000)).utf8.count < 300)
    }
}
