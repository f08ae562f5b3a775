import CLinux
import Glibc
import Synchronization

/// The requests that a server has taken from the kernel and not yet answered, in memory that outlives it.
///
/// A request is read from the kernel straight into its slot, and the slot is cleared once it is answered.
/// So when the server is killed in between, the next one finds the request and answers it: nobody waits
/// for ever. The holder keeps the file, and answers from it with EIO when no next one comes. It holds
/// requests alone: names and numbers, never a value.
///
/// Layout, little endian: magic (8 bytes), slot count (4), slot size (4), count of answered requests (8);
/// from byte 4096 on the slots. A slot whose first four bytes are 0 is free; else they are the length in
/// `fuse_in_header` (linux/fuse.h).
package struct RequestJournal: ~Copyable, @unchecked Sendable {
    // The mapping stays as long as this does; each slot is used by one thread, the counter is atomic.
    package static let magic: UInt64 = 0x3130_4A46_5345_4B00
    package static let headerSize = 4096
    /// Larger than the kernel asks for at least (FUSE_MIN_READ_BUFFER), with `max_write` 4096.
    package static let slotSize = 16 * 1024
    package static let slotCount = 2
    package static let progressOffset = 16
    private static let size = headerSize + slotSize * slotCount

    /// The memory file, to be handed to the holder.
    let file: Int32
    private let base: UnsafeMutableRawPointer

    /// A new one.
    init() throws(SystemError) {
        let file = try retrying("memfd_create") { klinux_memory_file("keeper-requests") }
        guard ftruncate(file, off_t(RequestJournal.size)) == 0, klinux_seal(file, 0) == 0,
            let base = klinux_map_shared(file, RequestJournal.size)
        else {
            let code = errno
            close(file)
            throw SystemError(call: "mmap", code: code)
        }
        base.storeBytes(of: RequestJournal.magic.littleEndian, as: UInt64.self)
        base.storeBytes(of: UInt32(RequestJournal.slotCount).littleEndian, toByteOffset: 8, as: UInt32.self)
        base.storeBytes(of: UInt32(RequestJournal.slotSize).littleEndian, toByteOffset: 12, as: UInt32.self)
        (self.file, self.base) = (file, base)
    }

    /// An earlier server's; takes the file over. `nil` when it is of another version.
    init?(adopting file: Int32) {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size == off_t(RequestJournal.size),
            let base = klinux_map_shared(file, RequestJournal.size)
        else {
            close(file)
            return nil
        }
        guard base.loadUnaligned(as: UInt64.self) == RequestJournal.magic.littleEndian,
            base.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == UInt32(RequestJournal.slotCount),
            base.loadUnaligned(fromByteOffset: 12, as: UInt32.self) == UInt32(RequestJournal.slotSize)
        else {
            munmap(base, RequestJournal.size)
            close(file)
            return nil
        }
        (self.file, self.base) = (file, base)
    }

    deinit {
        munmap(base, RequestJournal.size)
        close(file)
    }

    /// Where the kernel writes a request.
    func slot(_ number: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: base + RequestJournal.headerSize + number * RequestJournal.slotSize,
            count: RequestJournal.slotSize)
    }

    /// Frees a slot: its request is answered.
    func clear(_ number: Int) {
        slot(number).storeBytes(of: 0, as: UInt32.self)
        klinux_count(
            (base + RequestJournal.progressOffset).assumingMemoryBound(to: UInt64.self))
    }

    /// A copy of a request that was not answered.
    func pending(_ number: Int) -> [UInt8]? {
        let slot = slot(number)
        let length = Int(UInt32(littleEndian: slot.loadUnaligned(as: UInt32.self)))
        guard length >= RequestHeader.size, length <= slot.count else { return nil }
        return Array(slot[..<length])
    }
}

/// `fuse_in_header` of linux/fuse.h, as far as it matters here.
package enum RequestHeader {
    package static let size = 40
    package static let initialize: UInt32 = 26

    /// FUSE_INIT and so on; `nil` of what is too short for a request.
    package static func operation(of request: UnsafeRawBufferPointer) -> UInt32? {
        request.count < size ? nil : request.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    }
}
