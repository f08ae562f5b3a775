import Plan
import SecretMemory
import Testing
import Vault

/// Records for tests, written as Keeper writes them.
enum Sample {
    static func record(uid: String = "uid", _ json: String) throws -> Record {
        try #require(Record(uid: uid, data: JSONDocument(parsing: SecretBytes(json.utf8)).root))
    }

    /// A record of custom text fields.
    static func record(uid: String = "uid", title: String = "db", _ fields: [(String, String)]) throws
        -> Record
    {
        var buffer = SecretBuffer()
        buffer.append("{\"title\":")
        buffer.appendJSONString(title)
        buffer.append(",\"type\":\"login\",\"fields\":[")
        for (index, field) in fields.enumerated() {
            buffer.append(index == 0 ? "{\"type\":\"text\",\"label\":" : ",{\"type\":\"text\",\"label\":")
            buffer.appendJSONString(field.0)
            buffer.append(",\"value\":[")
            buffer.appendJSONString(field.1)
            buffer.append("]}")
        }
        buffer.append("]}")
        return try #require(Record(uid: uid, data: JSONDocument(parsing: buffer.finish()).root))
    }

    static let database = """
        {"title":"db","type":"login","notes":"n","fields":[
          {"type":"login","label":"","value":["admin"]},
          {"type":"password","value":["a<b>&'c \\u00e9\\/"]},
          {"type":"url","value":[]},
          {"type":"host","label":"Host","value":[{"port":"5432","hostName":"db.local"}]},
          {"type":"phone","value":[{"number":"1"},{"number":"2"}]}],
         "custom":[{"type":"text","label":"API Key","value":["k1"]},{"type":"text","label":"login","value":["shadowed"]},
          {"type":"checkbox","label":"on","value":[true]},{"type":"date","label":"when","value":[1.50e3]},
          {"type":"text","label":"url","value":["https://db"]}, {"type":"text","label":"nil","value":[null]}]}
        """
}

extension SecretBytes {
    var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}
