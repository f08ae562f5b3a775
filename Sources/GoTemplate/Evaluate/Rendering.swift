package import SecretMemory

/// What came of a template.
package struct Rendering: Sendable {
    package let output: SecretBytes
    /// Names of keys that were not there and rendered as nothing.
    package let missing: [String]
    /// Whether functions were called that answer differently each time (`now`, `randAlpha`, `bcrypt`,
    /// …): such a template is rendered anew only when a field changed.
    package let isVolatile: Bool
}
