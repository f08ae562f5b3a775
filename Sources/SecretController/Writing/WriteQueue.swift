/// Writes Secrets, several at once but each one by one. What is to be written of one Secret while it waits is
/// replaced by what is newer.
actor WriteQueue {
    private let writer: SecretWriter
    private let metrics: ControllerMetrics
    private let report: @Sendable (DesiredSecret, Result<SecretOutcome, ControllerError>) async -> Void
    private var waiting: [SecretTarget: DesiredSecret] = [:]
    private var order: [SecretTarget] = []
    private var running: [SecretTarget: Task<Void, Never>] = [:]
    private var isStopped = false

    private static let width = 8
    /// How often a write is tried where the API server is in trouble, before the values are let go.
    private static let attempts = 6

    init(
        writer: SecretWriter, metrics: ControllerMetrics,
        report: @escaping @Sendable (DesiredSecret, Result<SecretOutcome, ControllerError>) async -> Void
    ) {
        self.writer = writer
        self.metrics = metrics
        self.report = report
    }

    func add(_ desired: DesiredSecret) {
        guard !isStopped else { return }
        if waiting.updateValue(desired, forKey: desired.target) == nil { order.append(desired.target) }
        pump()
    }

    /// Nothing is written once this returns.
    func stop() async {
        isStopped = true
        waiting = [:]
        order = []
        let tasks = Array(running.values)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func pump() {
        metrics.queue(waiting.count)
        var held: [SecretTarget] = []
        while running.count < WriteQueue.width, !order.isEmpty {
            let target = order.removeFirst()
            guard running[target] == nil else {
                held.append(target)
                continue
            }
            guard let desired = waiting.removeValue(forKey: target) else { continue }
            running[target] = Task { await self.write(desired) }
        }
        order = held + order
    }

    private func write(_ desired: DesiredSecret) async {
        var backoff = Backoff(first: .milliseconds(500), longest: .seconds(10))
        var result: Result<SecretOutcome, ControllerError> = .failure(.notLeader)
        for _ in 0..<WriteQueue.attempts {
            do throws(ControllerError) {
                result = .success(try await writer.write(desired))
            } catch {
                result = .failure(error)
            }
            guard case .failure(let error) = result, error.isWorthAnotherTry, !Task.isCancelled else { break }
            // What is newer is written instead.
            guard waiting[desired.target] == nil else { break }
            await backoff.wait()
        }
        if !Task.isCancelled { await report(desired, result) }
        running[desired.target] = nil
        pump()
    }
}

extension ControllerError {
    fileprivate var isWorthAnotherTry: Bool {
        switch self {
        case .kubernetes(let error): error.isTransient || error.isConflict
        case .secret(.beingDeleted): true
        default: false
        }
    }
}
