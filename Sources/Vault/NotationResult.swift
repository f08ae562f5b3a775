package import SecretMemory

/// What a notation selects.
package enum NotationResult: Sendable {
    /// None to many values, in the record's order.
    case values([NotationValue])
    /// A file, whose content is to be downloaded.
    case attachment(Attachment)
}

/// One value that a notation selects.
package enum NotationValue: Sendable {
    /// A record's type or title, which are no secrets.
    case text(String)
    /// A field's value, a property of it, or the notes.
    case json(JSONValue)

    /// As the official client prints it: a string's own bytes, anything else as compact JSON.
    package func append(to buffer: inout SecretBuffer) {
        switch self {
        case .text(let text): buffer.append(text)
        case .json(let value):
            if value.kind == .string {
                value.appendString(to: &buffer)
            } else {
                value.append(to: &buffer)
            }
        }
    }

    /// The same in memory of its own.
    package var bytes: SecretBytes {
        var buffer = SecretBuffer()
        append(to: &buffer)
        return buffer.finish()
    }
}
