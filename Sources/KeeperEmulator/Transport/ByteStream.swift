/// A connection as HTTP sees it.
protocol ByteStream: AnyObject {
    /// Waits for bytes.
    ///
    /// - Returns: how many were read, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int

    /// Writes them all.
    func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError)

    /// Says goodbye as the protocol wants it.
    func close()
}

extension ByteStream {
    func write(_ bytes: [UInt8]) throws(TransportError) {
        // `withUnsafeBytes` cannot throw typed errors through `rethrows` of the standard library's array.
        let failure: TransportError? = bytes.withUnsafeBytes { buffer in
            do throws(TransportError) { try write(buffer) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }
}
