import CLinux
import Glibc
import Plan

/// A signal to the app's main processes.
struct AppSignal {
    /// `SIGHUP`, …
    let name: String
    private let number: Int32
    var processes = AppProcesses()

    /// - Returns: `nil` for a signal that the contract does not know.
    init?(name: String) {
        let numbers = [
            "SIGHUP": SIGHUP, "SIGUSR1": SIGUSR1, "SIGUSR2": SIGUSR2, "SIGTERM": SIGTERM, "SIGINT": SIGINT,
            "SIGQUIT": SIGQUIT, "SIGWINCH": SIGWINCH,
        ]
        guard let number = numbers[name] else { return nil }
        self.name = name
        self.number = number
    }

    /// What came of it.
    struct Outcome {
        /// Names of the containers whose process has got it.
        var told: [String] = []
        var failures: [Failure] = []
    }

    struct Failure: ExplainedError {
        let container: String
        let pid: Int32
        let code: Int32

        var message: String {
            "the process \(pid) of container \(quoted(container)) cannot be signalled: "
                + String(cString: strerror(code))
        }
        var hint: String? {
            code == EPERM
                ? "the agent runs as uid \(geteuid()) and may signal that user's processes alone: set the annotation "
                    + "keeper.security/run-as-user to the app's uid, or use keeper.security/reload-url" : nil
        }
        var exitCode: CommandStatus { .failed }
    }

    func send() -> Outcome {
        var outcome = Outcome()
        for found in processes.find() {
            switch signal(found.process) {
            case 0: outcome.told.append(found.container)
            // Ended meanwhile: its successor starts with the new secrets.
            case ESRCH: continue
            case let code:
                outcome.failures.append(
                    Failure(container: found.container, pid: found.process.pid, code: code))
            }
        }
        return outcome
    }

    /// - Returns: the error's number, or 0.
    private func signal(_ process: ProcessEntry) -> Int32 {
        let handle = klinux_open_process(process.pid)
        guard handle >= 0 else { return errno }
        defer { close(handle) }
        // Its pid could have become another's before the handle was there.
        guard processes.table.process(process.pid) == process else { return ESRCH }
        return klinux_signal_process(handle, number) == 0 ? 0 : errno
    }
}
