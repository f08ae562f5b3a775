import Glibc
import SecretFS
import Telemetry

extension Log {
    /// What the FUSE backend does between publishes; opens are the audit log.
    func event(_ event: FusePublisher.Event) {
        switch event {
        case .mounted(let path): info("mounted", ["path": .string(path)])
        case .attached(let resumed, let milliseconds):
            info(
                resumed ? "took the mount over from an earlier server" : "attached to the mount",
                ["milliseconds": .integer(milliseconds)])
        case .holderGone: warn("the holder of the mount is gone, waiting for the next")
        case .superseded: error("another server has taken the mount over, this one serves nobody")
        case .unmounted(let path):
            warn("somebody unmounted the file system", ["path": .string(path)])
            // Nothing is left to serve: as if asked to stop.
            kill(getpid(), SIGTERM)
        case .failed(let failure):
            warn(
                "cannot attach to the mount, trying again",
                ["reason": .string(failure.message), "hint": .string(failure.hint ?? "")])
        case .opened(let opens, let lost):
            for open in opens {
                info(
                    "opened",
                    [
                        "audit": "open", "name": .string(open.name), "uid": .integer(Int(open.user)),
                        "pid": .integer(Int(open.process)),
                        "version": .string(String(open.version, radix: 16)),
                    ])
            }
            if lost > 0 {
                error(
                    "opens came faster than the log takes them and are not in it",
                    ["audit": "lost", "opens": .integer(lost)])
            }
        }
    }
}
