import Fetcher

/// Pods that share one clientId start together; Keeper's limit, kubelet's restarts.
struct Model {
    var strategy: Strategy
    var pods: Int
    /// Seconds over which they start.
    var spread = 5.0
    /// After so long an init container has failed.
    var initTimeout = 60.0
    /// Seconds between the refreshes of pods that have their secrets; `nil`: they ask once.
    var interval: Double?
    /// When to give up, in seconds.
    var horizon = 6 * 3600.0
    var seed: UInt64 = 1

    /// Keeper's limit: so many requests, until nobody has asked for `RequestRounds.silence`.
    static let limit = 100

    struct Outcome {
        /// When the last of those that got their secrets got them, in seconds.
        var last = 0.0
        var served = 0
        var calls = 0
        /// The longest time between two answers that one pod got, in seconds.
        var oldest = 0.0
        var refused: Int { calls - served }
    }

    func run() -> Outcome {
        var random = SplitMix(state: seed)
        // A moment in the rounds that no run has chosen.
        let epoch = 1_800_000_000 + Double.random(in: 0..<RequestRounds.length, using: &random)
        let rounds = RequestRounds(clientID: "model")
        var events = EventQueue()
        for _ in 0..<pods {
            // Pods at work for long have spread over the interval.
            let start = Double.random(in: 0...(interval ?? spread), using: &random)
            events.push(Pod(due: start, started: start))
        }
        var outcome = Outcome()
        var count = 0
        var lastRequest = -Double.infinity
        while let event = events.pop(), event.due <= horizon {
            var pod = event
            if pod.due - lastRequest >= RequestRounds.silence { count = 0 }
            lastRequest = pod.due
            count += 1
            outcome.calls += 1
            if count <= Self.limit {
                outcome.served += 1
                outcome.last = pod.due
                guard let interval else { continue }
                outcome.oldest = max(outcome.oldest, pod.due - pod.answered)
                pod.answered = pod.due
                pod.due += strategy.pause(interval, now: epoch + pod.due, rounds: rounds, using: &random)
                pod.started = pod.due
                (pod.waits, pod.refusals) = (0, 0)
                events.push(pod)
                continue
            }
            pod.refusals += 1
            let wait = strategy.wait(
                afterRefusals: pod.refusals, waits: pod.waits, now: epoch + pod.due, rounds: rounds,
                using: &random)
            if let wait, pod.due + wait < pod.started + max(initTimeout, interval ?? 0) {
                pod.due += wait
                pod.waits += 1
            } else if let interval {
                pod.due += strategy.pause(interval, now: epoch + pod.due, rounds: rounds, using: &random)
                pod.started = pod.due
                pod.waits = 0
                if !strategy.remembersRefusals { pod.refusals = 0 }
            } else {
                restart(&pod, epoch: epoch, rounds: rounds, using: &random)
            }
            events.push(pod)
        }
        for pod in events.pods where interval != nil {
            outcome.oldest = max(outcome.oldest, horizon - pod.answered)
        }
        return outcome
    }

    /// kubelet's CrashLoopBackOff: 10 s, doubled each time, at most 5 min.
    private func restart(
        _ pod: inout Pod, epoch: Double, rounds: RequestRounds, using random: inout some RandomNumberGenerator
    ) {
        let pause = min(300, 10 * Double(1 << min(pod.restarts, 5)))
        pod.restarts += 1
        pod.started = pod.due + pause
        pod.due = pod.started
        pod.waits = 0
        guard strategy.remembersRefusals else { return pod.refusals = 0 }
        let wait = rounds.wait(from: epoch + pod.due, atLeast: 0, using: &random)
        if wait < initTimeout { pod.due += wait }
    }
}

private struct Pod {
    /// Its next request.
    var due: Double
    /// Its process.
    var started: Double
    var refusals = 0
    var waits = 0
    var restarts = 0
    /// When it last got an answer.
    var answered = 0.0
}

/// A binary heap: the pod with the next request first.
private struct EventQueue {
    private var heap: [Pod] = []

    var pods: [Pod] { heap }

    mutating func push(_ pod: Pod) {
        heap.append(pod)
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Pod? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].due < heap[least].due { least = child }
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// The same numbers in each run. Sebastiano Vigna's SplitMix64.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
