package import SecretMemory

/// A string of a template: bytes in secret memory, shared by all parts that are cut out of it, as Go's
/// strings are. Need not be UTF-8.
package struct Text: @unchecked Sendable {
    // Sendable as the owner is: its block neither moves nor changes as long as the owner lives, and every use of `base`
    // keeps the owner alive.
    private let owner: SecretBytes
    private let base: UnsafePointer<UInt8>?
    package let count: Int

    package init(_ owner: SecretBytes) {
        self.owner = owner
        base = owner.withUnsafeBytes { $0.bindMemory(to: UInt8.self).baseAddress }
        count = owner.count
    }

    /// Of text that is no secret, or of bytes that the caller wipes.
    package init(_ bytes: some Collection<UInt8>) { self.init(SecretBytes(bytes)) }

    package init(_ text: String) { self.init(SecretBytes(text.utf8)) }

    private init(_ other: Text, range: Range<Int>) {
        owner = other.owner
        base = other.base.map { $0 + range.lowerBound }
        count = range.count
    }

    package static let empty = Text(SecretBytes([]))

    /// A part, without copying.
    func part(_ range: Range<Int>) -> Text { Text(self, range: range.clamped(to: 0..<count)) }

    func from(_ start: Int) -> Text { part(Swift.min(start, count)..<count) }

    func upTo(_ end: Int) -> Text { part(0..<Swift.max(0, Swift.min(end, count))) }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(owner) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// A copy in ordinary memory: only for what is no secret, as a layout or the name of a zone.
    var plain: String { String(decoding: self, as: UTF8.self) }
}

extension Text: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        defer { withExtendedLifetime(owner) {} }
        return base.map { $0[index] } ?? 0
    }
}

extension Text: Hashable {
    package static func == (left: Text, right: Text) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }

    package func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Text: Comparable {
    package static func < (left: Text, right: Text) -> Bool { left.lexicographicallyPrecedes(right) }
}

extension Text: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Text(\(count) bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
