/// When the pods that share one clientId ask Keeper, so that its limit lets all of them through
/// (docs/scale.md has the model and what other ways cost).
///
/// Keeper allows 100 requests for each clientId, and the count clears only after 10 s in which nobody asks;
/// a refused request counts too. Pods that wait for random times therefore keep each other out for ever. So
/// time is cut into rounds of 15 s by the clock on the wall, and requests that can choose are made in the
/// first 3 s of one: the silence that clears the count comes by itself, without a word between the pods. Each
/// clientId has rounds of its own, lest all the world asks Keeper in the same seconds.
package struct RequestRounds: Sendable {
    /// Seconds from one round's begin to the next.
    package static let length = 15.0
    /// Seconds in which requests are made. What is left is 2 s more than the silence, for clocks that differ
    /// and requests under way.
    package static let window = 3.0
    /// The silence that clears the count.
    package static let silence = 10.0

    /// After so many refusals in a row a request still takes the next round.
    private static let eagerRefusals = 2
    /// A request skips fewer than 2^5 rounds, 8 minutes.
    private static let mostDoublings = 5

    private let phase: Double

    /// - Parameter clientID: of the configuration, as it stands there.
    package init(clientID: String) {
        // FNV-1a: the same in each pod, unlike Swift's own hashes.
        let hash = clientID.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        phase = Double(hash % UInt64(Self.length * 1000)) / 1000
    }

    /// Seconds from `now` to a moment in the first round that begins `delay` or more from now.
    ///
    /// - Parameter now: seconds since 1970.
    package func wait(
        from now: Double, atLeast delay: Double, using random: inout some RandomNumberGenerator
    ) -> Double {
        let round = ((now + delay - phase) / Self.length).rounded(.up)
        return phase + round * Self.length + Double.random(in: 0..<Self.window, using: &random) - now
    }

    /// Seconds to wait once Keeper has said "throttled".
    ///
    /// - Parameters:
    ///   - refusals: how often in a row, from 1.
    ///   - wish: `retry_after`, which is never undercut.
    package func wait(
        afterRefusals refusals: Int, wish: Double?, from now: Double,
        using random: inout some RandomNumberGenerator
    ) -> Double {
        // A server that names a time shorter than the silence has other limits than these.
        if let wish, wish < Self.silence / 2, refusals == 1 {
            return wish * Double.random(in: 1...1.25, using: &random)
        }
        let doublings = min(max(refusals - Self.eagerRefusals, 0), Self.mostDoublings)
        let skipped = Int.random(in: 0..<(1 << doublings), using: &random)
        let delay = max(wish ?? 0, Self.silence) + Double(skipped) * Self.length
        return wait(from: now, atLeast: delay, using: &random)
    }

    /// An interval between refreshes, ± 10 %, moved into a round where that is within the 10 %.
    ///
    /// - Parameter interval: seconds.
    package func pause(
        _ interval: Double, from now: Double, using random: inout some RandomNumberGenerator
    ) -> Double {
        guard interval >= Self.length * 12 else {
            return interval * Double.random(in: 0.9...1.1, using: &random)
        }
        let around =
            interval * Double.random(in: 0.95...1.05, using: &random) - (Self.length + Self.window) / 2
        return wait(from: now, atLeast: around, using: &random)
    }
}
