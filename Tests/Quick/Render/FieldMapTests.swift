import SecretMemory
import Testing
import Vault

@Suite("The map of fields")
struct FieldMapTests {
    @Test("takes labels before types, the first of a name, and a value before none")
    func rules() throws {
        let map = FieldMap(try Sample.record(Sample.database))
        #expect(map.keys == ["login", "password", "url", "Host", "phone", "API Key", "on", "when", "nil"])
        #expect(map["login"]?.values.map(\.string) == ["admin"])
        #expect(map["url"]?.values.map(\.string) == ["https://db"])
        #expect(map["phone"]?.values.count == 2)
        #expect(map["host"] == nil)
        #expect(map.shadowed == ["login", "url"])
    }

    @Test("keeps the first of two that are empty, and tells letters apart by their bytes")
    func edges() throws {
        let map = FieldMap(
            try Sample.record([("a", ""), ("a", ""), ("caf\u{E9}", "1"), ("cafe\u{301}", "2")]))
        #expect(map.entries.count == 3)
        #expect(map["caf\u{E9}"]?.values.first?.string == "1")
        #expect(map["cafe\u{301}"]?.values.first?.string == "2")
        #expect(map.shadowed == ["a"])
        #expect(FieldMap(try Sample.record("{}")).entries.isEmpty)
    }
}
