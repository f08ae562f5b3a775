import Fetcher

/// What a pod does after Keeper has refused it.
enum Strategy: String, CaseIterable {
    /// A loop with `sleep 1`.
    case everySecond = "every second"
    /// KSM-PROTOCOL, section 4: 11 s · 2ⁿ ± 25 %, five times.
    case official = "official client: 11 s · 2ⁿ ± 25 %"
    /// The usual advice: anything up to 10 s · 2ⁿ, at most 300 s.
    case fullJitter = "full jitter: 0 … 10 s · 2ⁿ"
    /// What the agent does, by the agent's own code.
    case rounds = "rounds of the clientId (ours)"

    /// Seconds until the next request; `nil`: the call has failed.
    ///
    /// - Parameters:
    ///   - refusals: in a row, from 1.
    ///   - waits: how often this process has waited already.
    func wait(
        afterRefusals refusals: Int, waits: Int, now: Double, rounds: RequestRounds,
        using random: inout some RandomNumberGenerator
    ) -> Double? {
        switch self {
        case .everySecond: return 1
        case .official:
            guard waits < 5 else { return nil }
            return 11 * Double(1 << waits) * Double.random(in: 0.75...1.25, using: &random)
        case .fullJitter:
            return Double.random(in: 0..<min(300, 10 * Double(1 << min(waits, 5))), using: &random)
        case .rounds:
            guard waits < 5 else { return nil }
            return rounds.wait(afterRefusals: refusals, wish: nil, from: now, using: &random)
        }
    }

    /// Seconds until the next refresh.
    func pause(
        _ interval: Double, now: Double, rounds: RequestRounds, using random: inout some RandomNumberGenerator
    ) -> Double {
        guard self == .rounds else { return interval * Double.random(in: 0.9...1.1, using: &random) }
        return rounds.pause(interval, from: now, using: &random)
    }

    /// Whether a restarted process knows how often its predecessor was refused (the hand-over).
    var remembersRefusals: Bool { self == .rounds }
}
