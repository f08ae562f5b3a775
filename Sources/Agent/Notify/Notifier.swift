import Fetcher
import Plan
import Telemetry

/// Tells the app that its secrets have changed: once for all changes of a second, whatever comes of it.
///
/// Used by one thread at a time.
final class Notifier {
    /// Changes that come faster than this are told together.
    private static let spacing: Duration = .seconds(1)

    private let signal: AppSignal?
    private let reload: ReloadRequest?
    private let containers: [String]
    private let log: Log
    /// When the app is to be told.
    private(set) var due: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?

    /// - Parameter isInPod: elsewhere there are no containers to signal.
    init(_ wanted: Notification, isInPod: Bool, cancellation: Cancellation, log: Log) {
        self.log = log
        containers = wanted.containers
        reload = wanted.reloadURL.map { ReloadRequest(url: $0, cancellation: cancellation) }
        signal = isInPod ? wanted.signal.flatMap(AppSignal.init(name:)) : nil
        if !isInPod, let name = wanted.signal {
            log.warn("signals are sent in pods alone", ["signal": .string(name)])
        }
    }

    /// The app sees other files than before.
    func changed() {
        guard signal != nil || reload != nil, due == nil else { return }
        due = last.map { max($0 + Self.spacing, .now) } ?? .now
    }

    /// Tells the app if it is time to. It never throws: rotation goes on.
    func run() {
        guard let due, due <= .now else { return }
        self.due = nil
        last = .now
        if let signal { send(signal) }
        if let reload { post(reload) }
    }

    private func send(_ signal: AppSignal) {
        let outcome = signal.send()
        if !outcome.told.isEmpty {
            log.info(
                "told the app of the change",
                ["signal": .string(signal.name), "containers": .list(outcome.told)])
        }
        for failure in outcome.failures { log.failure(failure, "the app could not be told of the change") }
        let missing = containers.filter { name in
            !outcome.told.contains(name) && !outcome.failures.contains { $0.container == name }
        }
        if !missing.isEmpty || (outcome.told.isEmpty && outcome.failures.isEmpty) {
            log.warn(
                "no process to signal is there",
                ["signal": .string(signal.name), "containers": .list(missing)])
        }
    }

    private func post(_ reload: ReloadRequest) {
        do throws(ReloadError) {
            try reload.send()
            log.info("told the app of the change", ["url": .string(reload.url)])
        } catch {
            log.failure(error, "the app could not be told of the change")
        }
    }
}
