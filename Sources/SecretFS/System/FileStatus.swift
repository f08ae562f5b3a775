import Glibc

/// What stat(2) tells that matters here.
struct FileStatus: Equatable {
    enum Kind { case file, directory, link, other }

    let kind: Kind
    /// Permission bits, with set-id and sticky.
    let mode: UInt32
    let user: UInt32
    let group: UInt32
    let size: Int

    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        mode = raw.st_mode & 0o7777
        user = raw.st_uid
        group = raw.st_gid
        size = Int(raw.st_size)
    }
}
