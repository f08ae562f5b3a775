import SecretMemory

extension SecretBuffer {
    /// Names and texts, in the order of the names.
    mutating func appendObject(_ members: [String: String]) {
        append("{")
        for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { append(",") }
            appendJSONString(member.key)
            append(":")
            appendJSONString(member.value)
        }
        append("}")
    }

    mutating func appendOwner(_ owner: OwnerReference) {
        appendObject([
            "apiVersion": owner.apiVersion, "kind": owner.kind, "name": owner.name, "uid": owner.uid,
        ])
    }

    /// A Secret's `data`.
    mutating func appendData(_ values: [String: SecretBytes], removed: [String]) {
        append("{")
        var isFirst = true
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if !isFirst { append(",") }
            isFirst = false
            appendJSONString(key)
            append(":\"")
            appendBase64(value)
            append("\"")
        }
        for key in removed.sorted() {
            if !isFirst { append(",") }
            isFirst = false
            appendJSONString(key)
            append(":null")
        }
        append("}")
    }

    /// RFC 4648, section 4, without a detour over a `String`.
    private mutating func appendBase64(_ secret: SecretBytes) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let digits = UnsafeBufferPointer(start: alphabet.utf8Start, count: alphabet.utf8CodeUnitCount)
        secret.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let used = min(3, bytes.count - start)
                var group: UInt32 = 0
                for place in 0..<3 { group = group << 8 | (place < used ? UInt32(bytes[start + place]) : 0) }
                for place in 0..<4 {
                    append(
                        place <= used ? digits[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
                }
            }
        }
    }
}
