/// Why a text is not JSON. It holds no part of the text, which may be secret.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package let reason: String
    /// Bytes from the start.
    package let offset: Int

    package init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}
