import SecretMemory
import Vault

/// Format `raw`: the value's bytes, nothing added.
enum RawFormat {
    /// None gives no bytes, one its own, several a compact JSON list.
    static func bytes(of values: [NotationValue]) -> SecretBytes {
        var buffer = SecretBuffer()
        append(values, to: &buffer)
        return buffer.finish()
    }

    static func append(_ values: [NotationValue], to buffer: inout SecretBuffer) {
        guard values.count != 1, !values.isEmpty else {
            // A field that holds null holds nothing.
            if let value = values.first, !value.isNull { value.append(to: &buffer) }
            return
        }
        JSONFormat.append(values, to: &buffer, style: .compact)
    }
}

extension NotationValue {
    fileprivate var isNull: Bool {
        if case .json(let value) = self { value.isNull } else { false }
    }
}
