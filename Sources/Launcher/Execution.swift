import Glibc

/// Becomes another program, found as a container's runtime finds it.
struct Execution {
    /// Command and arguments, ended by NULL; the first is the name to look up.
    let arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    let environment: [UnsafeMutablePointer<CChar>?]
    /// The container's own PATH: a secret has no say in which program runs.
    let searchPath: UnsafePointer<CChar>?

    /// What runtimes take where the image says nothing.
    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// execve(2); returns only when nothing could be executed.
    func run() -> LauncherError {
        guard let name = arguments.pointee else { return .usage }
        let shown = printable(name)
        guard name.pointee != 0 else { return .noCommand(shown, searched: false) }
        if strchr(name, Int32(UInt8(ascii: "/"))) != nil {
            let code = attempt(name)
            return isAbsent(code, name)
                ? .noCommand(shown, searched: false) : .notExecutable(shown, code: code)
        }
        guard let searchPath else {
            return Execution.usualPath.withCString { search(name, in: $0) }
        }
        return search(name, in: searchPath)
    }

    /// As execvp(3): what may not be executed is passed over, and remembered.
    private func search(_ name: UnsafePointer<CChar>, in path: UnsafePointer<CChar>) -> LauncherError {
        var failure: LauncherError?
        var start = path
        while true {
            let length = strcspn(start, ":")
            let candidate = Execution.join(start, length, name)
            let failed = candidate.withUnsafeBufferPointer { text -> LauncherError? in
                guard let file = text.baseAddress else { return nil }
                let code = attempt(file)
                return isAbsent(code, file) ? nil : .notExecutable(printable(file), code: code)
            }
            switch failed {
            case .notExecutable(_, EACCES): failure = failure ?? failed
            case let failed?: return failed
            case nil: break
            }
            guard start[length] != 0 else { break }
            start += length + 1
        }
        return failure ?? .noCommand(printable(name), searched: true)
    }

    /// An empty directory in PATH is the current one.
    private static func join(
        _ directory: UnsafePointer<CChar>, _ length: Int, _ name: UnsafePointer<CChar>
    ) -> [CChar] {
        var path = Array(UnsafeBufferPointer(start: directory, count: length))
        if !path.isEmpty { path.append(CChar(bitPattern: UInt8(ascii: "/"))) }
        path += UnsafeBufferPointer(start: name, count: strlen(name) + 1)
        return path
    }

    private func attempt(_ path: UnsafePointer<CChar>) -> Int32 {
        environment.withUnsafeBufferPointer { execve(path, arguments, $0.baseAddress) }
        return errno
    }

    /// ENOENT can be about the file's interpreter: then the file itself is there.
    private func isAbsent(_ code: Int32, _ path: UnsafePointer<CChar>) -> Bool {
        switch code {
        case ENOENT: access(path, F_OK) != 0
        case ENOTDIR, ENAMETOOLONG: true
        default: false
        }
    }
}
