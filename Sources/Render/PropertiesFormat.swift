import SecretMemory
import Vault

/// Format `properties`: as `java.util.Properties` reads it, all of it ASCII, the rest as `\uXXXX`.
enum PropertiesFormat {
    /// In the order of the keys' bytes.
    static func file(of entries: [FieldMap.Entry]) -> SecretBytes {
        var buffer = SecretBuffer()
        for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            escape(entry.key.unicodeScalars, isKey: true, to: &buffer)
            buffer.append("=")
            var value = SecretBuffer()
            RawFormat.append(entry.values.map(NotationValue.json), to: &value)
            value.withUnsafeBytes { escape(UTF8Scalars($0), isKey: false, to: &buffer) }
            buffer.append("\n")
        }
        return buffer.finish()
    }

    private static func escape(
        _ scalars: some Sequence<UnicodeScalar>, isKey: Bool, to buffer: inout SecretBuffer
    ) {
        var isFirst = true
        for scalar in scalars {
            switch scalar {
            case "\\", "=", ":", "#", "!":
                buffer.append("\\")
                buffer.append(UInt8(truncatingIfNeeded: scalar.value))
            // Blanks before a value are skipped, those in a key end it.
            case " " where isKey || isFirst: buffer.append("\\ ")
            case "\t": buffer.append("\\t")
            case "\n": buffer.append("\\n")
            case "\r": buffer.append("\\r")
            case "\u{C}": buffer.append("\\f")
            case " "..."~": buffer.append(UInt8(truncatingIfNeeded: scalar.value))
            default: UTF16.encode(scalar)?.forEach { buffer.appendHexadecimal($0, mark: "\\u", digits: 4) }
            }
            isFirst = false
        }
    }
}
