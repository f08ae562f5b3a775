import CLinux
import Glibc
import KeeperCrypto
import SecretMemory

/// What the next server needs in order to go on where this one stopped: kept by the holder, who does not
/// read it. No value is in it, nor anything a value could be told from without the key that is.
struct SessionState {
    /// Of the inode numbers.
    let key: VersionKey
    /// The kernel's INIT request; empty as long as it has not been taken.
    var initialization: [UInt8] = []
    /// Every version that the kernel may have been told of, by path. Of a path that is being changed the
    /// old one and the new.
    var versions: [String: [FuseVersion]] = [:]

    private static let magic = Array("KFS1".utf8)
    private static let limit = 256 * 1024 * 1024

    init(key: VersionKey) { self.key = key }

    /// Adds what a tree holds, or with `only` makes it all there is.
    mutating func note(_ tree: FuseTree, only: Bool) {
        if only { versions.removeAll() }
        for (path, version) in tree.versions where versions[path]?.contains(version) != true {
            versions[path, default: []].append(version)
        }
    }

    /// Names at the top that the kernel may have been told of by an earlier server: the usual ones, and
    /// those of versions.
    func namesToInvalidate() throws(FuseError) -> Set<String> {
        var names = Set(versions.keys.compactMap { $0.split(separator: "/").first.map(String.init) })
        do throws(CryptoError) {
            for (path, all) in versions where !path.hasSuffix("/") {
                for version in all { names.insert(VersionName.name(of: try key.number(of: path, version))) }
            }
        } catch {
            throw FuseError(error)
        }
        return names
    }

    /// A sealed memory file; the caller closes it.
    func makeFile() throws(SystemError) -> Int32 {
        var writer = SecretBuffer(capacity: 64 * 1024)
        SessionState.magic.withUnsafeBytes { writer.append($0) }
        writer.append(key.bytes)
        writer.append(UInt32(initialization.count))
        initialization.withUnsafeBytes { writer.append($0) }
        for (path, all) in versions {
            for version in all {
                writer.append(UInt32(path.utf8.count))
                writer.append(path)
                writer.append(version.digest)
                writer.append(UInt64(bitPattern: version.time))
            }
        }
        let file = try retrying("memfd_create") { klinux_memory_file("keeper-session") }
        do throws(SystemError) {
            try writer.withUnsafeBytes { (bytes) throws(SystemError) in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = try retrying("write") {
                        write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    }
                    rest = rest.dropFirst(count)
                }
            }
            try retrying("fcntl") { klinux_seal(file, 1) }
        } catch {
            close(file)
            throw error
        }
        return file
    }

    /// - Returns: `nil` when the file is of another version, or no such file at all.
    init?(reading file: Int32) {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size <= off_t(SessionState.limit) else { return nil }
        let size = Int(status.st_size)
        let bytes = SecretBytes(capacity: max(1, size)) { target in
            max(0, pread(file, target.baseAddress, size, 0))
        }
        guard bytes.count == size else { return nil }
        let parsed = bytes.withUnsafeBytes { SessionState.parse($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> SessionState? {
        var reader = Reader(rest: bytes[...])
        guard reader.take(4)?.elementsEqual(magic) == true, let key = reader.take(VersionKey.size),
            let count: UInt32 = reader.number(), let initialization = reader.take(Int(count))
        else { return nil }
        var state = SessionState(
            key: VersionKey(SecretBytes(copying: UnsafeRawBufferPointer(rebasing: key))))
        state.initialization = Array(initialization)
        while !reader.rest.isEmpty {
            guard let length: UInt32 = reader.number(), let path = reader.take(Int(length)),
                let digest: UInt64 = reader.number(), let time: UInt64 = reader.number()
            else { return nil }
            state.versions[String(decoding: path, as: UTF8.self), default: []].append(
                FuseVersion(digest: digest, time: Int64(bitPattern: time)))
        }
        return state
    }

    private struct Reader {
        var rest: Slice<UnsafeRawBufferPointer>

        mutating func take(_ count: Int) -> Slice<UnsafeRawBufferPointer>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        mutating func number<Number: FixedWidthInteger>() -> Number? {
            take(MemoryLayout<Number>.size).map {
                Number(littleEndian: UnsafeRawBufferPointer(rebasing: $0).loadUnaligned(as: Number.self))
            }
        }
    }
}

extension SecretBuffer {
    fileprivate mutating func append(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append($0) }
    }
}
