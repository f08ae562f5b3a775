import Glibc
import SecretMemory

/// One version of one file or directory. Nothing of it ever changes, so the kernel may cache it for ever:
/// what a rotation changes is which inode a name leads to.
final class Inode: Sendable {
    enum Content: Sendable {
        case file(SecretBytes)
        case directory(DirectoryListing)
    }

    /// What `st_ino` shows. The same number always means the same path, bytes, owner, mode and time, in
    /// this process and in its successors (`VersionKey`).
    let number: UInt64
    let content: Content
    /// Permission bits.
    let mode: UInt32
    let user: UInt32
    let group: UInt32
    /// Nanoseconds since 1970 at which this version appeared; mtime, ctime and atime.
    let time: Int64
    /// Names that lead here; of a directory the usual 2 and one for each sub-directory.
    let linkCount: UInt32

    init(
        number: UInt64, content: Content, mode: UInt32, user: UInt32, group: UInt32, time: Int64,
        linkCount: UInt32
    ) {
        self.number = number
        self.content = content
        self.mode = mode
        self.user = user
        self.group = group
        self.time = time
        self.linkCount = linkCount
    }

    var listing: DirectoryListing? {
        if case .directory(let listing) = content { listing } else { nil }
    }

    /// Bytes; of a directory 0, as on tmpfs's own root more or less: nobody depends on it.
    var size: Int {
        if case .file(let bytes) = content { bytes.count } else { 0 }
    }

    /// stat(2), with `number` as another one where the kernel knows it under another: the root is 1.
    func status(number: UInt64? = nil) -> stat {
        var status = stat()
        status.st_ino = ino_t(number ?? self.number)
        status.st_mode = mode | (listing == nil ? S_IFREG : S_IFDIR)
        status.st_nlink = .init(linkCount)
        status.st_uid = user
        status.st_gid = group
        status.st_size = size
        status.st_blksize = 4096
        status.st_blocks = (size + 4095) / 4096 * 8
        let moment = timespec(
            tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        (status.st_mtim, status.st_ctim, status.st_atim) = (moment, moment, moment)
        return status
    }
}

/// The names in a directory.
struct DirectoryListing: Sendable {
    struct Entry: Sendable {
        let name: String
        let inode: Inode
        /// Where readdir(3) goes on after this entry: made from the name alone, so that a listing that
        /// spans a rotation neither skips nor repeats a name that stays.
        let cookie: Int
    }

    /// By ascending cookie.
    let entries: [Entry]
    private let positions: [String: Int]

    /// Cookies 1 and 2 are those of `.` and `..`.
    static let firstCookie = 3

    init(_ inodes: [String: Inode]) {
        var taken: Set<Int> = []
        entries = inodes.sorted { $0.key < $1.key }.map { name, inode in
            // 31 bits, since a 32-bit program's readdir(3) knows no more.
            var cookie = max(DirectoryListing.firstCookie, Int(DirectoryListing.hash(name) >> 1))
            while !taken.insert(cookie).inserted { cookie += 1 }
            return Entry(name: name, inode: inode, cookie: cookie)
        }.sorted { $0.cookie < $1.cookie }
        positions = Dictionary(
            uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
    }

    subscript(name: String) -> Inode? { positions[name].map { entries[$0].inode } }

    /// The entries whose cookie is larger.
    func entries(after cookie: Int) -> ArraySlice<Entry> {
        var low = entries.startIndex
        var high = entries.endIndex
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].cookie <= cookie { low = middle + 1 } else { high = middle }
        }
        return entries[low...]
    }

    /// FNV-1a, 32 bits.
    private static func hash(_ name: String) -> UInt32 {
        name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
