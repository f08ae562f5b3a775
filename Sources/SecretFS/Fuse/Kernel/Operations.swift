import CFuse
import Glibc

/// The answers to the kernel's requests, as libfuse wants them: C functions without context, which find
/// the file system by `fuse_req_userdata`.
///
/// All of them answer from memory, at once. `access` is left out: with `default_permissions` the kernel
/// checks owner, group and mode itself. Locks and leases are left to the kernel too, as on a local disk.
enum Operations {
    /// How long the kernel may believe an answer, in seconds: a day. What changes is said by
    /// invalidation.
    private static let timeout: Double = 86_400

    private static let nameLimit = 255

    static func table() -> fuse_lowlevel_ops {
        var table = fuse_lowlevel_ops()
        table.`init` = { _, connection in
            guard let connection else { return }
            Operations.negotiate(&connection.pointee)
        }
        table.lookup = { request, parent, name in
            guard let request, let name else { return }
            Operations.lookUp(request, parent, name)
        }
        table.forget = { request, number, count in
            guard let request else { return }
            Operations.fileSystem(of: request)?.forget(UInt64(number), count)
            fuse_reply_none(request)
        }
        table.forget_multi = { request, count, items in
            guard let request else { return }
            if let system = Operations.fileSystem(of: request), let items {
                for item in UnsafeBufferPointer(start: items, count: count) {
                    system.forget(item.ino, item.nlookup)
                }
            }
            fuse_reply_none(request)
        }
        table.getattr = { request, number, _ in
            guard let request else { return }
            guard let inode = Operations.fileSystem(of: request)?.inode(UInt64(number)) else {
                return Operations.fail(request, ESTALE)
            }
            var status = inode.status(number: UInt64(number))
            fuse_reply_attr(request, &status, Operations.timeout)
        }
        table.readlink = { request, _ in Operations.fail(request, EINVAL) }
        table.open = { request, number, info in
            guard let request, let info else { return }
            Operations.open(request, UInt64(number), info)
        }
        table.read = { request, number, size, offset, _ in
            guard let request else { return }
            Operations.read(request, UInt64(number), size, Int(offset))
        }
        table.release = { request, _, _ in Operations.fail(request, 0) }
        // The kernel then opens directories without asking, and keeps their listings.
        table.opendir = { request, _, _ in Operations.fail(request, ENOSYS) }
        table.readdir = { request, number, size, offset, _ in
            guard let request else { return }
            Listing.reply(request, UInt64(number), size, Int(offset), plus: false)
        }
        table.readdirplus = { request, number, size, offset, _ in
            guard let request else { return }
            Listing.reply(request, UInt64(number), size, Int(offset), plus: true)
        }
        table.statfs = { request, _ in
            guard let request else { return }
            Operations.statistics(request)
        }
        refuseWrites(&table)
        return table
    }

    /// The mount is read-only, so the kernel asks none of these; whoever remounts it gains nothing.
    private static func refuseWrites(_ table: inout fuse_lowlevel_ops) {
        table.setattr = { request, _, _, _, _ in Operations.fail(request, EROFS) }
        table.mknod = { request, _, _, _, _ in Operations.fail(request, EROFS) }
        table.mkdir = { request, _, _, _ in Operations.fail(request, EROFS) }
        table.unlink = { request, _, _ in Operations.fail(request, EROFS) }
        table.rmdir = { request, _, _ in Operations.fail(request, EROFS) }
        table.symlink = { request, _, _, _ in Operations.fail(request, EROFS) }
        table.rename = { request, _, _, _, _, _ in Operations.fail(request, EROFS) }
        table.link = { request, _, _, _ in Operations.fail(request, EROFS) }
        table.write = { request, _, _, _, _, _ in Operations.fail(request, EROFS) }
        table.create = { request, _, _, _, _ in Operations.fail(request, EROFS) }
        table.setxattr = { request, _, _, _, _, _ in Operations.fail(request, EROFS) }
        table.removexattr = { request, _, _ in Operations.fail(request, EROFS) }
        table.fallocate = { request, _, _, _, _, _ in Operations.fail(request, EROFS) }
    }

    /// What every server of one mount asks for alike: it is settled by the first.
    private static func negotiate(_ connection: inout fuse_conn_info) {
        let wanted =
            FUSE_CAP_ASYNC_READ | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_READDIRPLUS
            | FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_NO_OPEN_SUPPORT | FUSE_CAP_NO_OPENDIR_SUPPORT
            // Content never changes under an inode: nothing is dropped for the sake of a time.
            | FUSE_CAP_EXPLICIT_INVAL_DATA
        connection.want = connection.capable & UInt32(wanted)
        // As small as the kernel allows: a request must fit its slot in the journal.
        connection.max_write = 4096
    }

    static func fileSystem(of request: fuse_req_t) -> FileSystem? {
        fuse_req_userdata(request).map { Unmanaged<FileSystem>.fromOpaque($0).takeUnretainedValue() }
    }

    static func fail(_ request: fuse_req_t?, _ code: Int32) {
        if let request { fuse_reply_err(request, code) }
    }

    static func entry(of inode: Inode) -> fuse_entry_param {
        var entry = fuse_entry_param()
        entry.ino = inode.number
        entry.attr = inode.status()
        entry.attr_timeout = timeout
        entry.entry_timeout = timeout
        return entry
    }

    private static func lookUp(
        _ request: fuse_req_t, _ parent: UInt64, _ name: UnsafePointer<CChar>
    ) {
        guard let system = fileSystem(of: request), let directory = system.inode(parent) else {
            return fail(request, ESTALE)
        }
        // The kernel lets 1,024 bytes through; `statvfs` promises what others have.
        guard strlen(name) <= nameLimit else { return fail(request, ENAMETOOLONG) }
        // Names of ours are UTF-8; what is not names nothing here.
        guard let name = String(validatingCString: name), let inode = system.lookUp(name, in: directory)
        else { return fail(request, ENOENT) }
        var entry = entry(of: inode)
        // The kernel did not want the answer any more, so it does not know the inode.
        if fuse_reply_entry(request, &entry) == -ENOENT { system.forget(inode.number, 1) }
    }

    private static func open(
        _ request: fuse_req_t, _ number: UInt64, _ info: UnsafeMutablePointer<fuse_file_info>
    ) {
        guard let system = fileSystem(of: request) else { return fail(request, EIO) }
        // The kernel then opens every file without asking, and keeps its pages.
        guard system.options.answersOpen else { return fail(request, ENOSYS) }
        guard system.inode(number) != nil else { return fail(request, ESTALE) }
        if system.options.audit, !system.isStaged(number), let context = fuse_req_ctx(request) {
            system.opens?.append(
                FuseOpen(
                    user: context.pointee.uid, process: context.pointee.pid,
                    name: system.tree.path(of: number) ?? "(replaced)", version: number))
        }
        info.pointee.direct_io = system.options.directIO ? 1 : 0
        info.pointee.keep_cache = system.options.directIO ? 0 : 1
        fuse_reply_open(request, info)
    }

    private static func read(_ request: fuse_req_t, _ number: UInt64, _ size: Int, _ offset: Int) {
        guard let inode = fileSystem(of: request)?.inode(number) else { return fail(request, ESTALE) }
        guard case .file(let value) = inode.content else { return fail(request, EISDIR) }
        // Straight from the locked memory to the kernel, by writev(2).
        value.withUnsafeBytes { bytes in
            let rest = bytes.dropFirst(max(0, offset)).prefix(size)
            let part = UnsafeRawBufferPointer(rebasing: rest)
            fuse_reply_buf(request, part.baseAddress?.assumingMemoryBound(to: CChar.self), part.count)
        }
    }

    private static func statistics(_ request: fuse_req_t) {
        guard let tree = fileSystem(of: request)?.tree else { return fail(request, EIO) }
        var seen: Set<UInt64> = []
        var blocks = 0
        tree.forEachInode { inode in
            if seen.insert(inode.number).inserted { blocks += (inode.size + 4095) / 4096 }
        }
        var answer = statvfs()
        answer.f_bsize = 4096
        answer.f_frsize = 4096
        answer.f_blocks = fsblkcnt_t(blocks)
        answer.f_files = fsfilcnt_t(seen.count)
        answer.f_namemax = UInt(nameLimit)
        fuse_reply_statfs(request, &answer)
    }
}

extension FuseTree {
    /// The path of an inode below the mount, for the audit log.
    func path(of number: UInt64) -> String? { FuseTree.find(number, in: root, prefix: "") }

    private static func find(_ number: UInt64, in directory: Inode, prefix: String) -> String? {
        for entry in directory.listing?.entries ?? [] where entry.name != FuseTree.current {
            if entry.inode.number == number { return prefix + entry.name }
            if let path = find(number, in: entry.inode, prefix: prefix + entry.name + "/") { return path }
        }
        return nil
    }
}
