import CLinux
import Glibc

/// The variables that the agent wrote for this container, in memory that is wiped with the last use.
///
///     let file = try EnvironmentFile(path: "/keeper/env/environment")
///     let merged = file.merged(into: klinux_environment())
///
/// The corresponding writer is `Render.EnvironmentFileFormat`.
package struct EnvironmentFile: ~Copyable {
    private let block: UnsafeMutableRawBufferPointer
    package let variables: [Variable]

    /// `NAME=value` as execve(2) wants it, within the file's own memory: a value is never copied.
    package struct Variable {
        package let text: UnsafeMutablePointer<CChar>
        package let nameLength: Int
        /// It takes the place of one that the container has already.
        package let replaces: Bool

        package init(text: UnsafeMutablePointer<CChar>, nameLength: Int, replaces: Bool) {
            self.text = text
            self.nameLength = nameLength
            self.replaces = replaces
        }
    }

    /// What the agent writes is at most 1 MiB.
    package static let largest = 4 << 20

    /// Reads and checks a file. The corresponding C functions are `open`, `fstat` and `read`.
    package init(path: UnsafePointer<CChar>) throws(LauncherError) {
        // Whatever lies there: a pipe must not block the start, and nothing of it reaches the app.
        let descriptor = klinux_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)
        guard descriptor >= 0 else { throw .unreadable(path: printable(path), code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: printable(path), code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .malformed(path: printable(path), .notAFile)
        }
        guard status.st_size > 0 else { throw .malformed(path: printable(path), .truncated) }
        guard status.st_size <= EnvironmentFile.largest else {
            throw .malformed(path: printable(path), .tooLarge)
        }
        let size = Int(status.st_size)
        guard let memory = klinux_map_anonymous(size) else {
            throw .unreadable(path: printable(path), code: errno)
        }
        _ = klinux_exclude_from_dumps(memory, size)
        let block = UnsafeMutableRawBufferPointer(start: memory, count: size)
        do throws(LauncherError) {
            try EnvironmentFile.fill(block, from: descriptor, path)
            do throws(Damage) {
                variables = try EnvironmentFile.parse(block)
            } catch {
                throw .malformed(path: printable(path), error)
            }
        } catch {
            klinux_wipe(memory, size)
            munmap(memory, size)
            throw error
        }
        self.block = block
    }

    deinit {
        guard let memory = block.baseAddress else { return }
        klinux_wipe(memory, block.count)
        munmap(memory, block.count)
    }

    private static func fill(
        _ block: UnsafeMutableRawBufferPointer, from descriptor: Int32, _ path: UnsafePointer<CChar>
    ) throws(LauncherError) {
        var filled = 0
        while filled < block.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: block[filled...])
            let count = read(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: printable(path), code: errno) }
            guard count > 0 else { throw .malformed(path: printable(path), .truncated) }
            filled += count
        }
    }
}

extension EnvironmentFile {
    /// What is wrong with a file, and where; never what stands there.
    package enum Damage: Error, Equatable {
        case notAFile, tooLarge, truncated
        /// Another format than this launcher reads, or none.
        case otherFormat
        case tooMany
        /// At this byte.
        case wrongEntry(Int)
    }

    /// The file's first line, with the format's version.
    package static let magic: StaticString = "keeper-environment 1\n"
    private static let most = 16_384

    /// Finds the variables in the file's bytes. The format:
    ///
    ///     "keeper-environment 1\n"
    ///     for each variable: "D" (default) or "R" (replaces), NAME, "=", value, NUL
    ///     "."
    ///
    /// A value may hold any byte but NUL, which no environment can hold. Every entry begins with its
    /// letter, so that a file that was cut off, or overwritten with zeros, is noticed.
    package static func parse(_ block: UnsafeMutableRawBufferPointer) throws(Damage) -> [Variable] {
        guard let base = block.baseAddress else { throw .otherFormat }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        let magicCount = magic.utf8CodeUnitCount
        guard block.count >= magicCount, memcmp(base, magic.utf8Start, magicCount) == 0 else {
            throw .otherFormat
        }
        var variables: [Variable] = []
        var position = magicCount
        while position < block.count {
            let kind = bytes[position]
            if kind == UInt8(ascii: ".") {
                guard position + 1 == block.count else { throw .wrongEntry(position) }
                return variables
            }
            guard kind == UInt8(ascii: "D") || kind == UInt8(ascii: "R") else { throw .wrongEntry(position) }
            guard variables.count < most else { throw .tooMany }
            let start = position + 1
            guard let end = memchr(base + start, 0, block.count - start) else { throw .truncated }
            let length = UnsafeRawPointer(end) - UnsafeRawPointer(base) - start
            guard let nameLength = nameLength(bytes + start, length) else { throw .wrongEntry(position) }
            variables.append(
                Variable(
                    text: (base + start).assumingMemoryBound(to: CChar.self), nameLength: nameLength,
                    replaces: kind == UInt8(ascii: "R")))
            position = start + length + 1
        }
        throw .truncated
    }

    /// How long the name before `=` is; `nil` where it is none.
    private static func nameLength(_ text: UnsafePointer<UInt8>, _ length: Int) -> Int? {
        for index in 0..<length {
            switch text[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "_"):
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > 0: continue
            case UInt8(ascii: "=") where index > 0: return index
            default: return nil
            }
        }
        return nil
    }
}
