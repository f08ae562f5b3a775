import Glibc
import Plan

/// Finds the main process of each container that is to be signalled, in the pod's shared process namespace
/// or, with hostPID, among all processes of the node.
///
/// A container to be signalled is recognised by a mount that the webhook gave it: `signal/NAME` of the
/// volume `keeper-run`, at `/keeper/signal`. The place matters: what kubelet made the mount from, and all the
/// processes of the node with it, has the same elsewhere. No process can pretend to have it, and none has to
/// be readable for us: not its environment, not its executable. Of the processes of one container the main
/// one is the oldest: it ends with it, and what `kubectl exec` or a probe starts there comes later.
struct AppProcesses {
    /// The main process of a container.
    struct Found: Equatable {
        let container: String
        let process: ProcessEntry
    }

    var table = ProcessTable()
    /// Where the volume `keeper-run` is mounted for us.
    var run = AgentPaths.run

    /// In the order of the containers' names.
    func find() -> [Found] {
        guard let volume = table.mounts(of: "self")?.mount(at: run) else { return [] }
        let prefix = (volume.root == "/" ? "" : volume.root) + "/" + Plan.signalMarks + "/"
        // Two containers of one name: one that ends, and the one that takes its place.
        var oldest: [String: [ContainerRoot: ProcessEntry]] = [:]
        for process in table.processes where process.pid != getpid() {
            guard let mounts = table.mounts(of: "\(process.pid)"), let container = mounts.container,
                let mark = mounts.mount(at: Plan.signalMarkPath), mark.device == volume.device,
                mark.root.hasPrefix(prefix)
            else { continue }
            let name = String(mark.root.dropFirst(prefix.count))
            if let known = oldest[name]?[container], known.isOlder(than: process) { continue }
            oldest[name, default: [:]][container] = process
        }
        return oldest.sorted { $0.key < $1.key }.flatMap { name, processes in
            processes.values.sorted { $0.pid < $1.pid }.map { Found(container: name, process: $0) }
        }
    }
}

extension ProcessEntry {
    fileprivate func isOlder(than other: ProcessEntry) -> Bool {
        (started, pid) <= (other.started, other.pid)
    }
}
