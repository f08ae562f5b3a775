import Glibc
import Plan
import SecretMemory

/// Where a secret is printed: stdout, or a file that did not exist and only the user may read.
struct NewFile {
    private let descriptor: Int32
    private let path: String?

    init(standardOutput: Void) {
        descriptor = STDOUT_FILENO
        path = nil
    }

    /// Creates `path` with mode 0600; never overwrites.
    init(_ path: String) throws(OutputError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw OutputError(place: path, code: errno) }
        self.path = path
    }

    /// - Parameter line: whether to end with a line break, as text does.
    func write(_ secret: SecretBytes, line: Bool) throws(OutputError) {
        try secret.withUnsafeBytes { bytes throws(OutputError) in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw OutputError(place: path ?? "stdout", code: errno) }
                rest = rest.dropFirst(count)
            }
        }
        if line, secret.withUnsafeBytes({ $0.last }) != UInt8(ascii: "\n") {
            guard Glibc.write(descriptor, "\n", 1) == 1 else {
                throw OutputError(place: path ?? "stdout", code: errno)
            }
        }
    }

    func remove() {
        if let path { unlink(path) }
    }
}

/// The output cannot be written.
struct OutputError: ExplainedError {
    let place: String
    let code: Int32

    var message: String { "cannot write to '\(place)': \(String(cString: strerror(code)))" }
    var hint: String? { code == EEXIST ? "it exists already; choose a new file or remove it" : nil }
    var exitCode: CommandStatus { .failed }
}
