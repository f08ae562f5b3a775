/// Bounds on a text from outside.
package struct JSONLimits: Sendable {
    /// Nested arrays and objects.
    package var depth: Int
    /// Values in all; each costs 16 bytes.
    package var values: Int

    package init(depth: Int = 100, values: Int = 4_000_000) {
        self.depth = depth
        self.values = values
    }
}
