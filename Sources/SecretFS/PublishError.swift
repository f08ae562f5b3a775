import Glibc
package import Plan

/// Why a generation could not be published. Readers still see the earlier one.
package enum PublishError: ExplainedError {
    /// The file lies in none of the published directories.
    case outside(path: AbsolutePath, origin: String)
    /// A name that starts with `..` at the top of a directory: such names are the publisher's own.
    case reserved(path: AbsolutePath, origin: String)
    /// Something that is not ours has the name of a file to publish.
    case occupied(path: String)
    /// The volume is full: bytes that the new files take, and bytes and files (inodes) that are left.
    case full(location: String, needed: Int, available: Int, filesLeft: Int)
    /// Owner or group cannot be given.
    case ownership(location: String, ownership: Ownership, cause: SystemError)
    case failed(location: String, cause: SystemError)
    /// More bytes of values than the FUSE backend may hold in memory.
    case tooLarge(needed: Int, limit: Int)
    case fuse(FuseError)
    /// The launcher, which lies beside the agent's executable, cannot be read.
    case launcher(path: String, cause: SystemError)

    package var message: String {
        switch self {
        case .outside(let path, let origin):
            "'\(origin)' writes \(path), which lies in none of the published directories"
        case .reserved(let path, let origin):
            "'\(origin)' writes \(path): names that begin with '..' are reserved there"
        case .occupied(let path):
            "\(path) exists and was not made by keeper-injector"
        case .full(let location, let needed, let available, let filesLeft):
            "no space for the secrets in \(location): \(needed) bytes needed, \(available) available"
                + (available >= needed ? ", but only \(filesLeft) more files can be made there" : "")
        case .ownership(let location, let ownership, let cause):
            "files in \(location) cannot be given to \(ownership.ownerDescription) (\(cause))"
        case .failed(let location, let cause):
            switch cause.code {
            case EROFS: "\(location) is on a read-only file system"
            case EACCES, EPERM: "\(location) cannot be written by uid \(geteuid()) (\(cause))"
            case ENOENT: "\(location) vanished while it was written (\(cause))"
            case ENOTDIR: "\(location) is not a directory, or something on the way to it is not"
            case ELOOP: "\(location) is a symbolic link, or something on the way to it is"
            default: "\(location) cannot be written (\(cause))"
            }
        case .tooLarge(let needed, let limit):
            "the secrets have \(needed) bytes, more than the \(limit) that are kept in memory"
        case .fuse(let error): error.message
        case .launcher(let path, let cause):
            "the launcher '\(path)', which sets the environment variables, cannot be read (\(cause))"
        }
    }

    package var hint: String? {
        switch self {
        case .outside: "choose a path below one of the published directories"
        case .reserved, .occupied: "choose another path, or move that file away"
        case .full:
            "select fewer secrets, or raise the annotation keeper.security/tmpfs-size (outside a pod: "
                + "the size of the volume)"
        case .ownership: "run as that user, or as root"
        case .failed(_, let cause):
            switch cause.code {
            case EROFS, EACCES, EPERM: "make it writable, or choose another directory"
            case ENOTDIR, ELOOP: "name a directory, without symbolic links below the root directory"
            default: nil
            }
        case .tooLarge: "select fewer secrets, or raise the limit (--fuse-memory-limit)"
        case .fuse(let error): error.hint
        case .launcher:
            "it belongs beside the agent's executable: take the agent's image as it was built; on your own machine "
                + "`swift build --product keeper-injector-exec` makes it"
        }
    }

    package var exitCode: CommandStatus {
        switch self {
        case .outside, .reserved: .configuration
        case .occupied, .full, .ownership, .failed, .tooLarge, .fuse, .launcher: .failed
        }
    }
}

extension PublishError {
    /// What a failed system call means for a directory.
    init(_ cause: SystemError, in directory: PublishedDirectory, ownership: Ownership) {
        let isOwnership = cause.call == "fchown" && [EPERM, EINVAL].contains(cause.code)
        self =
            isOwnership
            ? .ownership(location: directory.location, ownership: ownership, cause: cause)
            : .failed(location: directory.location, cause: cause)
    }
}

extension SystemError {
    /// No space, no inode, no quota left.
    var isFullVolume: Bool { code == ENOSPC || code == EDQUOT }
}

extension Ownership {
    fileprivate var ownerDescription: String {
        [user.map { "uid \($0)" }, group.map { "gid \($0)" }].compactMap(\.self).joined(separator: ", ")
    }
}
