import Foundation

/// What to look for in the memory of a process: values and whatever is left of them.
///
/// A piece of 15 bytes is found wherever it lies, since one of its aligned words of 8 bytes is known; so are
/// pieces of the value in base64 and in capitals. In UTF-16 samples of it are found.
final class Traces {
    /// Each 8 bytes of each value, and what they belong to.
    private var words: [UInt64: String] = [:]
    /// Which hashes of words occur: nearly all memory is told apart by it.
    private let filter = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 21)
    private var needles: [(bytes: [UInt8], name: String)] = []

    init(_ values: [String: [UInt8]]) {
        filter.initialize(repeating: 0, count: 1 << 21)
        for (name, value) in values {
            add(value, name)
            if value.count < 4096 {
                add(value.map { (97...122).contains($0) ? $0 - 32 : $0 }, name + " in capitals")
            }
            for offset in 0..<3 {
                // What does not depend on the neighbours.
                let text = (Data(count: offset) + Data(value)).base64EncodedData().dropFirst(4).dropLast(4)
                add(Array(text), name + " in base64")
            }
            if value.count <= 16 { needles.append((bytes: value, name: name)) }
            for start in stride(from: 0, to: max(1, value.count - 15), by: max(1, value.count / 4)) {
                let piece: [UInt8] = value[start...].prefix(16).flatMap { [$0, 0] }
                needles.append((bytes: piece, name: name + " in UTF-16"))
            }
        }
    }

    deinit { filter.deallocate() }

    /// memmem(3), which Glibc shows to who defines _GNU_SOURCE alone.
    private static let search = dlsym(nil, "memmem").map {
        unsafeBitCast(
            $0,
            to: (@convention(c) (UnsafeRawPointer, Int, UnsafeRawPointer, Int) -> UnsafeMutableRawPointer?)
                .self)
    }

    private func add(_ bytes: [UInt8], _ name: String) {
        guard bytes.count >= 8 else { return }
        bytes.withUnsafeBytes { bytes in
            for offset in 0...bytes.count - 8 {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let hash = Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 40)
                filter[hash >> 3] |= 1 << UInt8(hash & 7)
                words[word] = name
            }
        }
    }

    /// Names of what is there, each with the first place of it.
    func find(in memory: UnsafeRawBufferPointer) -> [String: Int] {
        guard let base = memory.baseAddress else { return [:] }
        var found: [String: Int] = [:]
        let zeros = [UInt8](repeating: 0, count: 4096)
        for page in stride(from: 0, to: memory.count - 4095, by: 4096) {
            guard memcmp(base + page, zeros, 4096) != 0 else { continue }
            let numbers = (base + page).assumingMemoryBound(to: UInt64.self)
            var index = 0
            // Plain arithmetic: without optimization everything else takes seconds.
            while index < 512 {
                let word = numbers[index]
                if word != 0 {
                    let hash = Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 40)
                    if filter[hash >> 3] & (1 << UInt8(hash & 7)) != 0, let name = words[word],
                        found[name] == nil
                    {
                        found[name] = page + index * 8
                    }
                }
                index += 1
            }
        }
        for needle in needles where found[needle.name] == nil {
            if let place = Traces.search?(base, memory.count, needle.bytes, needle.bytes.count) {
                found[needle.name] = UnsafeRawPointer(place) - base
            }
        }
        return found
    }
}

/// The memory of another process, as root sees it in `/proc/PID/mem`.
struct ProcessMemory {
    let pid: Int32

    /// Something of a value, and where.
    struct Trace: CustomStringConvertible {
        let name: String
        /// As in `/proc/PID/maps`.
        let mapping: String
        /// VmFlags of `/proc/PID/smaps`.
        let flags: Set<Substring>
        let address: UInt
        /// The bytes around it: the values of these tests are no secrets.
        let surroundings: String

        /// Whether the memory is kept out of core dumps and, with `locked`, out of swap.
        func isGuarded(locked: Bool) -> Bool { flags.contains("dd") && (flags.contains("lo") || !locked) }

        var description: String {
            "\(name) at 0x\(String(address, radix: 16)) in \(mapping): \(surroundings)"
        }
    }

    struct Unreadable: Error {}

    /// - Parameter everything: mappings that cannot be written too.
    func find(_ traces: Traces, everything: Bool) throws -> [Trace] {
        let file = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Unreadable() }
        defer { close(file) }
        var found: [Trace] = []
        for mapping in try mappings() where mapping.isReadable && (everything || mapping.isWritable) {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: mapping.count, alignment: 4096)
            defer { buffer.deallocate() }
            // Pages that were unmapped meanwhile, or belong to the kernel, cannot be read.
            let count = pread(file, buffer.baseAddress, mapping.count, off_t(mapping.start))
            guard count > 0 else { continue }
            for (name, place) in traces.find(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                found.append(
                    Trace(
                        name: name, mapping: mapping.line, flags: mapping.flags,
                        address: mapping.start + UInt(place),
                        surroundings: String(
                            decoding: buffer[max(0, place - 32)..<min(count, place + 64)].map {
                                (32..<127).contains($0) ? $0 : UInt8(ascii: ".")
                            }, as: UTF8.self)))
            }
        }
        return found
    }

    private struct Mapping {
        let start: UInt
        let count: Int
        let line: String
        var flags: Set<Substring> = []

        var isReadable: Bool { line.split(separator: " ")[1].hasPrefix("r") }
        var isWritable: Bool { line.split(separator: " ")[1].hasPrefix("rw") }
    }

    /// A file of `/proc/PID` to its end: Foundation takes the kernel's short reads for it.
    private func text(of name: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: "/proc/\(pid)/\(name)") else { throw Unreadable() }
        var content = Data()
        while let piece = try file.read(upToCount: 65536), !piece.isEmpty { content += piece }
        return String(decoding: content, as: UTF8.self)
    }

    private func mappings() throws -> [Mapping] {
        var mappings: [Mapping] = []
        for line in try text(of: "smaps").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0] == "VmFlags:" {
                mappings[mappings.count - 1].flags = Set(words.dropFirst())
            } else if !words[0].hasSuffix(":") {
                let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                guard ends.count == 2 else { continue }
                mappings.append(Mapping(start: ends[0], count: Int(ends[1] - ends[0]), line: String(line)))
            }
        }
        return mappings
    }
}
