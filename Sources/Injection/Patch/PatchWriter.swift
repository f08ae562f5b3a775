import JSONText

/// An RFC 6902 patch in the making.
struct PatchWriter {
    private(set) var json = JSONWriter()
    private(set) var isEmpty = true

    init() { json.raw("[") }

    /// One operation; `value` writes its value.
    mutating func operation(
        _ name: StaticString = "add", _ path: String, value: (inout JSONWriter) -> Void
    ) {
        isEmpty = false
        json.separate()
        json.raw("{\"op\":\"")
        json.raw(name)
        json.raw("\",\"path\":")
        json.string(path)
        json.raw(",\"value\":")
        value(&json)
        json.raw("}")
    }

    /// The list's end; the patch is done.
    mutating func finish() -> [UInt8] {
        json.raw("]")
        return json.bytes
    }
}
