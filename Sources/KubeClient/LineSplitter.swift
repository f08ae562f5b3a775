import NIOCore

/// Cuts the chunks of a watch into lines, each a JSON object.
struct LineSplitter {
    private var pending = ByteBuffer()
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ chunk: ByteBuffer) throws(KubeError) {
        if pending.readableBytes == 0 {
            pending = chunk
        } else {
            pending.writeImmutableBuffer(chunk)
        }
        guard pending.readableBytes <= limit || pending.readableBytesView.contains(0x0A) else {
            throw .tooLarge(limit: limit)
        }
    }

    /// The next complete line that is not empty, without its end.
    mutating func next() -> ByteBuffer? {
        while let end = pending.readableBytesView.firstIndex(of: 0x0A) {
            let length = end - pending.readerIndex
            let line = pending.readSlice(length: length)
            pending.moveReaderIndex(forwardBy: 1)
            if let line, line.readableBytes > 0 { return line }
        }
        if pending.readableBytes == 0 { pending = ByteBuffer() }
        return nil
    }
}
