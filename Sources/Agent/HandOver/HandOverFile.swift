import CLinux
import Glibc
import SecretMemory

/// Where a hand-over lies: a small file on the volume `keeper-run`, which is memory and the agent's own.
struct HandOverFile {
    let path: String

    private static let maxSize = 8 << 20

    /// - Returns: `nil` where there is none, or none that can be read.
    func read() -> HandOver? {
        guard let text = try? SecretFile.read(path, limit: Self.maxSize) else { return nil }
        return HandOver(parsing: text)
    }

    /// Replaces the file as a whole: a process killed here leaves the old one.
    /// - Returns: the error's number; 0 when all is well.
    func write(_ handOver: HandOver) -> Int32 {
        let next = path + ".next"
        let descriptor = klinux_openat(
            AT_FDCWD, next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return errno }
        let failure = handOver.json.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return 0
        }
        close(descriptor)
        guard failure == 0, rename(next, path) == 0 else {
            let code = failure == 0 ? errno : failure
            unlink(next)
            return code
        }
        return 0
    }
}
