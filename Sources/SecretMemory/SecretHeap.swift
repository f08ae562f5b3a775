import CLinux
import Glibc
import Synchronization

/// Where secret values live: locked, left out of core dumps, wiped before reuse.
///
/// Small values share slabs of 64 KiB, cut in blocks of one power of two, so that a hundred short
/// passwords cost a few locked pages and not a hundred: RLIMIT_MEMLOCK is 64 KiB to 8 MiB in most
/// containers. Larger values have pages of their own, returned to the kernel when released.
enum SecretHeap {
    /// A block of at least the size asked for. `capacity` says how much of it may be used.
    struct Block: @unchecked Sendable {
        // A pointer is not Sendable; the block has exactly one owner, who alone may touch it.
        let base: UnsafeMutableRawPointer
        let capacity: Int

        var bytes: UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(start: base, count: capacity)
        }
    }

    private static let smallest = 32
    private static let largest = 16 * 1024
    private static let slabSize = 64 * 1024

    /// Free blocks by capacity, and how many mappings the kernel refused to lock.
    private struct State: Sendable {
        var free: [Int: [Block]] = [:]
        var unlockedBytes = 0
    }

    /// Protects the free lists: blocks are taken and given back from the agent's worker and its
    /// health thread.
    private static let state = Mutex(State())

    /// Bytes that live in memory which mlock(2) refused, most likely for RLIMIT_MEMLOCK; 0 is well.
    static var unlockedBytes: Int { state.withLock { $0.unlockedBytes } }

    static func allocate(_ count: Int) -> Block {
        guard count <= largest else { return map(roundedToPages(count)) }
        var capacity = smallest
        while capacity < count { capacity *= 2 }
        return state.withLock { state in
            if let block = state.free[capacity]?.popLast() { return block }
            let slab = map(slabSize, in: &state)
            let blocks = stride(from: 0, to: slabSize, by: capacity).map {
                Block(base: slab.base + $0, capacity: capacity)
            }
            // Lowest addresses first, so that a small working set stays on few pages.
            state.free[capacity, default: []].append(contentsOf: blocks.dropFirst().reversed())
            return blocks.first ?? slab
        }
    }

    static func release(_ block: Block) {
        klinux_wipe(block.base, block.capacity)
        guard block.capacity <= largest else {
            munmap(block.base, block.capacity)
            return
        }
        state.withLock { $0.free[block.capacity, default: []].append(block) }
    }

    private static func map(_ count: Int) -> Block {
        state.withLock { map(count, in: &$0) }
    }

    private static func map(_ count: Int, in state: inout State) -> Block {
        guard let base = klinux_map_anonymous(count) else {
            // As Swift's own allocator: without memory there is nothing sensible left to do.
            fatalError("out of memory: \(count) bytes of secret memory")
        }
        // The kernel may know neither advice (gVisor does not); the core limit still holds.
        _ = klinux_exclude_from_dumps(base, count)
        if mlock(base, count) != 0 { state.unlockedBytes += count }
        return Block(base: base, capacity: count)
    }

    private static func roundedToPages(_ count: Int) -> Int {
        let page = 4096
        return (count + page - 1) / page * page
    }
}
