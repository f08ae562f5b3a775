import CFuse
import Glibc

/// Answers readdir(3).
enum Listing {
    /// - Parameters:
    ///   - offset: the cookie of the last entry that the kernel has; 0 at the start.
    ///   - plus: with each entry what a lookup of it would answer (FUSE_READDIRPLUS).
    static func reply(
        _ request: fuse_req_t, _ number: UInt64, _ size: Int, _ offset: Int, plus: Bool
    ) {
        guard let system = Operations.fileSystem(of: request), let directory = system.inode(number) else {
            return Operations.fail(request, ESTALE)
        }
        guard let listing = directory.listing else { return Operations.fail(request, ENOTDIR) }
        var page = Page(request: request, capacity: min(size, 1 << 20), plus: plus)
        defer { page.free() }
        for (cookie, name) in [(1, "."), (2, "..")] where offset < cookie {
            guard page.append(name, number: number, mode: Glibc.S_IFDIR, cookie: cookie) else {
                page.send()
                return
            }
        }
        var given: [UInt64] = []
        for entry in listing.entries(after: offset) {
            guard plus else {
                let mode = entry.inode.listing == nil ? Glibc.S_IFREG : Glibc.S_IFDIR
                guard page.append(entry.name, number: entry.inode.number, mode: mode, cookie: entry.cookie)
                else { break }
                continue
            }
            guard let inode = system.lookUp(entry.name, in: directory) else { continue }
            guard page.append(entry, inode) else {
                system.forget(inode.number, 1)
                break
            }
            given.append(inode.number)
        }
        if page.send() == -ENOENT { for number in given { system.forget(number, 1) } }
    }

    /// What goes into one answer.
    private struct Page {
        let request: fuse_req_t
        let bytes: UnsafeMutablePointer<CChar>
        let capacity: Int
        let plus: Bool
        var count = 0

        init(request: fuse_req_t, capacity: Int, plus: Bool) {
            self.request = request
            self.capacity = capacity
            self.plus = plus
            bytes = .allocate(capacity: max(1, capacity))
        }

        func free() { bytes.deallocate() }

        /// - Returns: whether it fitted.
        mutating func append(_ name: String, number: UInt64, mode: mode_t, cookie: Int) -> Bool {
            var status = stat()
            status.st_ino = ino_t(number)
            status.st_mode = mode
            if plus {
                // Number 0: not counted as a lookup, for `.` and `..`.
                var entry = fuse_entry_param()
                entry.attr = status
                return take(
                    fuse_add_direntry_plus(
                        request, bytes + count, capacity - count, name, &entry, off_t(cookie)))
            }
            return take(
                fuse_add_direntry(request, bytes + count, capacity - count, name, &status, off_t(cookie)))
        }

        mutating func append(_ entry: DirectoryListing.Entry, _ inode: Inode) -> Bool {
            var parameters = Operations.entry(of: inode)
            return take(
                fuse_add_direntry_plus(
                    request, bytes + count, capacity - count, entry.name, &parameters, off_t(entry.cookie)))
        }

        private mutating func take(_ size: Int) -> Bool {
            guard count + size <= capacity else { return false }
            count += size
            return true
        }

        @discardableResult
        func send() -> Int32 { fuse_reply_buf(request, bytes, count) }
    }
}
