import Plan
import TestSupport
import Testing

@Suite("File names of records")
struct FileNameTests {
    private let uid = "QabbPIdM8Unw4hwVM-F8VQ"

    @Test(
        "are titles made harmless",
        arguments: [
            ("database-credentials", "database-credentials"), ("Prod DB (eu)", "prod-db-eu"),
            ("../../etc/passwd", "etc-passwd"), ("/etc/passwd", "etc-passwd"), (".hidden", "hidden"),
            ("-.-.x", "x"), ("a.b_c-d", "a.b_c-d"), ("  spaces  ", "spaces"), ("a\u{0}b\nc", "a-b-c"),
            ("Größe Ж 日本 ٣", "größe-ж-日本-٣"), ("key 🔑 store", "key-store"), ("a\\b:c", "a-b-c"),
            ("ÀÉ", "àé"), ("a--b", "a--b"), ("C:\\Windows", "c-windows"), ("a/", "a"), ("tls.crt", "tls.crt"),
            ("a\u{202E}b", "a-b"), ("١", "١"),
        ])
    func names(title: String, name: String) {
        #expect(fileName(forTitle: title, uid: uid) == name)
    }

    @Test(
        "are the uid where nothing is left", arguments: ["", ".", "..", "...", "/", "🔑", "-", "\u{0}", " "])
    func empty(title: String) {
        #expect(fileName(forTitle: title) == nil)
        #expect(fileName(forTitle: title, uid: uid) == uid)
    }

    @Test("stay names even if the uid is hostile")
    func hostileUID() {
        #expect(fileName(forTitle: "", uid: "../../x") == "x")
        #expect(fileName(forTitle: "..", uid: "/") == "record")
        #expect(fileName(forTitle: "", uid: "") == "record")
    }

    @Test("are cut at 200 bytes, between letters")
    func long() {
        #expect(fileName(forTitle: String(repeating: "x", count: 300), uid: uid).utf8.count == 200)
        let umlauts = fileName(forTitle: "a" + String(repeating: "ö", count: 300), uid: uid)
        #expect(umlauts.utf8.count == 199)
        #expect(umlauts.hasSuffix("ö"))
        // Cut behind a dash: trimmed again.
        let dash = fileName(forTitle: String(repeating: "x", count: 199) + " yyy", uid: uid)
        #expect(dash == String(repeating: "x", count: 199))
    }

    @Test("lie in their directory whatever the title is")
    func property() throws {
        var random = SeededRandom(seed: 2)
        let pieces = [
            "/", "..", ".", "-", "a", "Z", "é", "\u{0}", "\n", "🔑", "\\", "\u{301}", " ", "%2e", "~",
        ]
        let directory = try AbsolutePath("/keeper/secrets")
        for _ in 0..<3_000 {
            let title = random.text(of: pieces, upTo: 300)
            let name = fileName(forTitle: title, uid: uid)
            let path = try directory.appending(name + ".json")
            #expect(path.parent == directory)
            #expect(!name.hasPrefix("."))
            #expect(name.utf8.count <= 200)
            #expect(name == fileName(forTitle: title, uid: uid))
        }
    }
}
