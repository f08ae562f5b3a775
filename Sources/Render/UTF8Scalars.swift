import SecretMemory

/// The characters of a secret, one after another, without a copy of it.
struct UTF8Scalars: Sequence, IteratorProtocol {
    private var bytes: UnsafeRawBufferPointer.Iterator
    private var decoder = UTF8()

    /// - Parameter bytes: must outlive this.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes.makeIterator() }

    mutating func next() -> UnicodeScalar? {
        switch decoder.decode(&bytes) {
        case .scalarValue(let scalar): scalar
        case .emptyInput: nil
        case .error: "\u{FFFD}"
        }
    }
}

extension SecretBuffer {
    mutating func append(_ scalar: UnicodeScalar) {
        UTF8.encode(scalar)?.forEach { append($0) }
    }

    /// `mark` and the number with so many digits.
    mutating func appendHexadecimal(_ number: some FixedWidthInteger, mark: String, digits: Int) {
        append(mark)
        for place in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            append(Array("0123456789ABCDEF".utf8)[Int(truncatingIfNeeded: number >> place & 15)])
        }
    }
}
