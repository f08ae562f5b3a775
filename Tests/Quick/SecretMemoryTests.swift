import SecretMemory
import Testing

@Suite("Secret memory")
struct SecretMemoryTests {
    @Test("printing a secret shows its size and nothing else")
    func description() {
        let secret = SecretBytes("hunter2".utf8)
        #expect("\(secret)" == "SecretBytes(7 bytes)")
        #expect(String(reflecting: secret) == "SecretBytes(7 bytes)")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test("a block is wiped before it is used again", arguments: [20, 5_000, 100_000])
    func wiped(size: Int) {
        var address: UInt = 0
        do {
            let secret = SecretBytes([UInt8](repeating: 0x5A, count: size))
            secret.withUnsafeBytes { address = UInt(bitPattern: $0.baseAddress) }
        }
        let next = SecretBytes(capacity: size) { bytes in
            if UInt(bitPattern: bytes.baseAddress) == address { #expect(bytes.allSatisfy { $0 == 0 }) }
            return 0
        }
        #expect(next.count == 0)
    }

    @Test("base64 reads both alphabets, with and without padding")
    func base64() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF, 0x01]
        for text in ["++//AQ==", "--__AQ", "++//AQ", "--__AQ==", "-+_/AQ="] {
            #expect(Base64.decode(text)?.withUnsafeBytes(Array.init) == bytes, "\(text)")
        }
        for text in ["A", "AAAAA", "AA*A", "AA AA", "é"] { #expect(Base64.decode(text) == nil, "\(text)") }
        #expect(Base64.encode(SecretBytes(bytes)) == "++//AQ==")
        #expect(Base64.encode(SecretBytes(bytes), alphabet: .urlSafe) == "--__AQ")
        #expect(Base64.decode("")?.count == 0)
    }

    @Test("base64 survives the round trip at every length")
    func base64RoundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
            for alphabet in [Base64.Alphabet.standard, .urlSafe] {
                let text = Base64.encode(SecretBytes(bytes), alphabet: alphabet)
                #expect(Base64.decode(text)?.withUnsafeBytes(Array.init) == bytes)
            }
        }
    }
}

@Suite("JSON in secret memory")
struct JSONTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONDocument(parsing: SecretBytes(text.utf8)).root
    }

    @Test("values are found by key, the last of two equal keys wins")
    func lookup() throws {
        let root = try parse(
            #" {"a":[1,{"b":"x"},[]],"c":{"d":null},"a\u0062":true,"n":-1.5e3,"c":{"e":7}} "#)
        #expect(root["a"]?.elements.count == 3)
        #expect(root["a"]?.elements[1]["b"]?.string == "x")
        #expect(root["c"]?["e"]?.integer == 7)
        #expect(root["c"]?["d"] == nil)
        #expect(root["ab"]?.bool == true)
        #expect(root["n"]?.double == -1500)
        #expect(root["n"]?.integer == nil)
        #expect(root.members.map { $0.key.string } == ["a", "c", "ab", "n", "c"])
    }

    @Test("escapes and surrogate pairs are undone, a lone surrogate becomes U+FFFD")
    func strings() throws {
        let root = try parse(
            #"["\"\\\/\b\f\n\r\t\u00e9","\ud83d\udd11","\ud83d","\ud83dx","\ud83d\u0041","\udd11","ü🔑"]"#)
        #expect(
            root.elements.map(\.string) == [
                "\"\\/\u{8}\u{c}\n\r\té", "🔑", "\u{FFFD}", "\u{FFFD}x", "\u{FFFD}A", "\u{FFFD}", "ü🔑",
            ])
    }

    @Test(
        "what is not JSON is refused with its place",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "nul", "\"\u{1}\"", "\"\\x\"",
            "\"\\u12\"",
            "[1] 2", "'a'", "+1", ".5", "1e", "\"abc", "NaN",
        ])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test(
        "bad UTF-8 is refused",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]]
            as [[UInt8]])
    func badUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) {
            try JSONDocument(parsing: SecretBytes([0x22] + bytes + [0x22]))
        }
    }

    @Test("depth and number of values are bounded")
    func limits() throws {
        let deep = String(repeating: "[", count: 101) + String(repeating: "]", count: 101)
        #expect(throws: JSONError.self) { try parse(deep) }
        #expect(throws: JSONError.self) {
            try JSONDocument(parsing: SecretBytes("[1,2,3]".utf8), limits: JSONLimits(values: 3))
        }
    }

    @Test("writing sorts keys by bytes, escapes as little as it may, and keeps numbers as they were")
    func writing() throws {
        let root = try parse(#"{"b":[1.0,{"z":{},"y":[]}],"a":"<ü\u0001\n>","B":1e2}"#)
        var compact = SecretBuffer()
        root.append(to: &compact)
        #expect(text(compact.finish()) == #"{"B":1e2,"a":"<ü\u0001\n>","b":[1.0,{"y":[],"z":{}}]}"#)
        var pretty = SecretBuffer()
        root.append(to: &pretty, style: .indented(level: 0))
        #expect(
            text(pretty.finish()) == """
                {
                  "B": 1e2,
                  "a": "<ü\\u0001\\n>",
                  "b": [
                    1.0,
                    {
                      "y": [],
                      "z": {}
                    }
                  ]
                }
                """)
    }

    private func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
