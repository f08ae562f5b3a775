import Glibc

/// Where certificate, key and client CA lie, PEM each.
package struct CertificateFiles: Sendable, Equatable {
    /// The server's certificate, followed by its intermediates.
    package var certificate: String
    package var key: String
    /// Clients must show a certificate of this authority; `nil` lets everyone in.
    package var clientCA: String?

    package init(certificate: String, key: String, clientCA: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientCA = clientCA
    }

    /// Different whenever a file is another one or was written to. A Secret volume swaps a symlink in the
    /// path (`..data`): the file at its end is another one then.
    func stamps() throws(CertificateError) -> [FileStamp] {
        var stamps: [FileStamp] = []
        for path in [certificate, key] + (clientCA.map { [$0] } ?? []) {
            stamps.append(try FileStamp(of: path))
        }
        return stamps
    }

    /// - Throws: `.unreadable`, also for what cannot be a PEM file by its size.
    static func read(_ path: String) throws(CertificateError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        defer { close(descriptor) }
        let limit = 1 << 20
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        defer { explicit_bzero(&buffer, buffer.count) }
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, code: errno) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .unreadable(path: path, code: EFBIG) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}

/// Identity and state of a file, as far as `stat` tells.
struct FileStamp: Equatable, Sendable {
    private let device: dev_t
    private let inode: ino_t
    private let size: off_t
    private let seconds: Int
    private let nanoseconds: Int

    init(of path: String) throws(CertificateError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        device = status.st_dev
        inode = status.st_ino
        size = status.st_size
        seconds = status.st_ctim.tv_sec
        nanoseconds = status.st_ctim.tv_nsec
    }
}
