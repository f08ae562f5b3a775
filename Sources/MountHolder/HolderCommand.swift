import Glibc
package import Telemetry

/// The command line of `keeper-injector-mount`.
package enum HolderCommand {
    /// - Returns: the exit code.
    package static func run(_ arguments: [String], log: Log = Log()) -> Int32 {
        do throws(HolderError) {
            var holder = try MountHolder(try HolderOptions(arguments), log: log)
            holder.run()
            return 0
        } catch {
            switch error {
            case .usage(let mistake):
                log.error(mistake, ["hint": "keeper-injector-mount --help"])
                return 2
            case .system(let call, let path, let code):
                let mayNot = code == EPERM || code == EACCES || code == ENOENT
                log.error(
                    "cannot hold a mount",
                    [
                        "path": .string(path),
                        "reason": .string("\(call): \(String(cString: strerror(code)))"),
                        "hint": .string(
                            mayNot
                                ? "run it as root with /dev/fuse: in a pod the container is privileged"
                                : "keeper-injector-mount --help"),
                    ])
            }
            return 1
        }
    }
}
