import Plan
import SecretMemory
import Vault

/// Format `ini`: one section `[secret]`, as Python's configparser without interpolation reads it.
///
/// That one cannot hold everything: what it would read as something else is an error, never a file
/// with another value.
enum INIFormat {
    /// In the order of the keys' bytes.
    static func file(of entries: [FieldMap.Entry]) throws(FormatProblem) -> SecretBytes {
        var buffer = SecretBuffer()
        var owners: [String: String] = [:]
        buffer.append("[secret]\n")
        for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            if let problem = problem(ofKey: entry.key) {
                throw FormatProblem(reason: .unwritable(key: entry.key, problem))
            }
            if let owner = owners.updateValue(entry.key, forKey: entry.key.lowercased()) {
                throw FormatProblem(
                    reason: .unwritable(key: entry.key, "is \(quoted(owner)) too, since ini ignores case"))
            }
            buffer.append(entry.key)
            buffer.append(" = ")
            var value = SecretBuffer()
            RawFormat.append(entry.values.map(NotationValue.json), to: &value)
            try value.withUnsafeBytes { bytes throws(FormatProblem) in
                if let problem = problem(ofValue: bytes) {
                    throw FormatProblem(reason: .unwritable(key: entry.key, problem))
                }
                buffer.append(bytes)
            }
            buffer.append("\n")
        }
        return buffer.finish()
    }

    private static func problem(ofKey key: String) -> String? {
        let scalars = key.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return "is an empty name" }
        if scalars.contains(where: { "=:\n\r\0".unicodeScalars.contains($0) }) {
            return "has a character in its name that ends names in ini"
        }
        if "#;[".unicodeScalars.contains(first) || isBlank(first) || isBlank(last) {
            return "has a name that ini would not read as one"
        }
        return nil
    }

    private static func problem(ofValue bytes: UnsafeRawBufferPointer) -> String? {
        var first: UnicodeScalar?
        var last: UnicodeScalar?
        for scalar in UTF8Scalars(bytes) {
            if scalar == "\n" || scalar == "\r" { return "holds a line break, which ini cannot hold" }
            if scalar == "\0" { return "holds a NUL byte, which ini cannot hold" }
            first = first ?? scalar
            last = scalar
        }
        guard let first, let last, isBlank(first) || isBlank(last) else { return nil }
        return "begins or ends with a blank, which ini would cut off"
    }

    /// What Python's `str.strip` takes away.
    private static func isBlank(_ scalar: UnicodeScalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
}
