import CLinux
import Glibc

/// Notifications to the kernel (linux/fuse.h): `fuse_out_header` with the code as its error, and what it is
/// about.
struct Invalidation {
    private static let inode: Int32 = 2
    private static let entry: Int32 = 3
    private static let headerSize = 16

    private var packets: [UInt8] = []

    /// FUSE_NOTIFY_INVAL_ENTRY: the name in the directory is looked up anew.
    mutating func add(_ name: String, in directory: UInt64) {
        begin(Invalidation.entry, size: 16 + name.utf8.count + 1)
        append(directory)
        append(UInt32(name.utf8.count))
        append(UInt32(0))
        packets += name.utf8
        packets.append(0)
    }

    /// FUSE_NOTIFY_INVAL_INODE: attributes, and all of the content; of a directory its listing.
    mutating func add(_ inode: UInt64) {
        begin(Invalidation.inode, size: 24)
        append(inode)
        append(Int64(0))
        append(Int64(0))
    }

    /// Returns when the kernel has carried all of it out.
    func send(to device: Int32, helpers: Helpers) {
        let helper = packets.withUnsafeBytes { bytes in
            bytes.baseAddress.map { klinux_fork_writer(device, $0, bytes.count) } ?? 0
        }
        guard helper <= 0 else { return helpers.wait(for: helper) }
        // No process left: then by ourselves.
        var rest = packets[...]
        while rest.count >= Invalidation.headerSize {
            let length = rest.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
            _ = rest.withUnsafeBytes { write(device, $0.baseAddress, length) }
            rest = rest.dropFirst(length)
        }
    }

    private mutating func begin(_ code: Int32, size: Int) {
        append(UInt32(Invalidation.headerSize + size))
        append(code)
        append(UInt64(0))
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { packets += $0 }
    }
}
