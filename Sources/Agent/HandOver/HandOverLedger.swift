import Fetcher
import Glibc
import Plan
import Render
import SecretMemory
import Telemetry

/// Keeps the hand-over up to date while the agent runs. What cannot be written is said once: the next
/// process then starts with a refresh.
struct HandOverLedger {
    private let file: HandOverFile?
    private let log: Log
    private var current: HandOver
    private var hasComplained = false
    /// What an earlier process left; `nil` when there was none.
    let earlier: HandOver?

    /// - Parameter file: `nil` where nobody comes after this process.
    init(_ file: HandOverFile?, log: Log) {
        self.file = file
        self.log = log
        earlier = file?.read()
        current = earlier ?? HandOver()
    }

    /// - Parameter changed: whether a file is another than before.
    mutating func published(
        _ files: [RenderedFile], changed: Bool, titles: [String: String], answered: Duration,
        key: HandOverKey?
    ) {
        guard file != nil, let key else { return }
        if changed || !zip(files, current.files).allSatisfy({ $0.path == $1.path && $0.source == $1.source })
            || files.count != current.files.count
        {
            current.files = files.compactMap { file in
                key.digest(of: file.content).map {
                    HandOver.File(path: file.path, source: file.source, digest: $0)
                }
            }
        }
        current.titles = titles
        current.answered = answered
        current.refusals = 0
        current.isRemoved = false
        write()
    }

    mutating func failed(refusals: Int) {
        guard refusals != current.refusals else { return }
        current.refusals = refusals
        write()
    }

    mutating func removed() {
        current.files = []
        current.isRemoved = true
        write()
    }

    private mutating func write() {
        guard let file else { return }
        let code = file.write(current)
        if code != 0, !hasComplained {
            log.warn(
                "the hand-over to the next process cannot be written",
                ["path": .string(file.path), "reason": .string(String(cString: strerror(code)))])
        }
        hasComplained = code != 0
    }
}

/// Time since the machine started, which goes on while it sleeps and which all containers of a pod share:
/// clock_gettime(2) CLOCK_BOOTTIME.
func bootTime() -> Duration {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
}
