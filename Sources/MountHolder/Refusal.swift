import CLinux
import Glibc

/// Answers requests with EIO when nobody else does, so that no process waits for ever.
struct Refusal {
    private static let headerSize = 40
    private static let initialize: UInt32 = 26
    /// FORGET, INTERRUPT and BATCH_FORGET want no answer (linux/fuse.h).
    private static let unanswered: Set<UInt32> = [2, 36, 42]
    /// The kernel wants room for its largest request, whatever it asks.
    private static let bufferSize = 64 * 1024

    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 8)

    /// Takes requests as long as there are any, up to `limit`.
    func refuseQueued(of mount: Mount, limit: Int = 256) {
        for _ in 0..<limit {
            let count = read(mount.reader, buffer.baseAddress, buffer.count)
            guard count >= Refusal.headerSize else { return }
            let operation = buffer.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            let unique = buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            guard !Refusal.unanswered.contains(operation) else { continue }
            Refusal.answer(unique, on: mount.reader)
        }
    }

    /// What a server had taken and not answered, by its journal; the server may have written anything
    /// into it.
    func refuseTaken(_ journal: Journal, of mount: Mount) {
        for unique in journal.pending { Refusal.answer(unique, on: mount.device) }
    }

    /// `fuse_out_header`: length, error, unique. An answer that nobody waits for is an error to the kernel
    /// alone.
    private static func answer(_ unique: UInt64, on device: Int32) {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: 16, as: UInt32.self)
            bytes.storeBytes(of: -EIO, toByteOffset: 4, as: Int32.self)
            bytes.storeBytes(of: unique, toByteOffset: 8, as: UInt64.self)
            _ = write(device, bytes.baseAddress, bytes.count)
        }
    }
}

/// A server's journal, as far as the holder reads it: `RequestJournal` in SecretFS tells the layout. It is
/// the server's to write, so it is read by pread(2): what is shrunk or overwritten there harms nobody.
struct Journal {
    private static let headerSize = 4096
    private static let slotSize = 16 * 1024
    private static let slotCount = 2
    private static let progressOffset = 16

    let file: Int32

    /// How many requests were answered; any other number than before is progress.
    var progress: UInt64? { number(at: Journal.progressOffset) }

    /// The `unique` of each request that was taken and not answered.
    var pending: [UInt64] {
        (0..<Journal.slotCount).compactMap { slot in
            let start = Journal.headerSize + slot * Journal.slotSize
            guard let length: UInt32 = number(at: start), length != 0 else { return nil }
            return number(at: start + 8)
        }
    }

    private func number<Number: FixedWidthInteger>(at offset: Int) -> Number? {
        var number: Number = 0
        let size = MemoryLayout<Number>.size
        return pread(file, &number, size, off_t(offset)) == size ? number : nil
    }
}
