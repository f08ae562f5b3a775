import Fetcher
import TestSupport
import Testing

@Suite("Rounds of requests that share a clientId")
struct RequestRoundsTests {
    private let rounds = RequestRounds(clientID: "Zm9v")

    /// Where in the round of "Zm9v" a moment lies, from the moment its rounds begin.
    private func place(_ moment: Double, _ rounds: RequestRounds) -> Double {
        var random = SeededRandom(seed: 1)
        // A round's begin, but for the part of the window that was drawn.
        let begin = 1_000_000 + rounds.wait(from: 1_000_000, atLeast: 0, using: &random)
        var again = SeededRandom(seed: 1)
        let drawn = Double.random(in: 0..<RequestRounds.window, using: &again)
        let rest = (moment - begin + drawn).truncatingRemainder(dividingBy: RequestRounds.length)
        return rest < -1e-6 ? rest + RequestRounds.length : rest
    }

    @Test("every wait after a refusal ends within the window of a round, and not before the silence")
    func windows() {
        var random = SeededRandom(seed: 7)
        for refusals in 1...12 {
            for step in 0..<200 {
                let now = 1_800_000_000 + Double(step) * 0.37
                let wait = rounds.wait(afterRefusals: refusals, wish: nil, from: now, using: &random)
                #expect(wait >= RequestRounds.silence)
                #expect(place(now + wait, rounds) < RequestRounds.window + 1e-3)
                #expect(wait < RequestRounds.silence + RequestRounds.length * 34)
            }
        }
    }

    @Test("two refusals take the next round, later ones spread over twice as many each")
    func spread() {
        var random = SeededRandom(seed: 3)
        for (refusals, longest) in [(1, 1), (2, 1), (3, 2), (4, 4), (7, 32), (40, 32)] {
            let waits = (0..<2000).map { _ in
                rounds.wait(afterRefusals: refusals, wish: nil, from: 1_800_000_000, using: &random)
            }
            let used = Set(waits.map { Int($0 / RequestRounds.length) })
            #expect(used.count >= longest && used.count <= longest + 1, "\(refusals): \(used.count)")
        }
    }

    @Test("a wish is followed, a short one to the letter")
    func wishes() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<100 {
            #expect(rounds.wait(afterRefusals: 1, wish: 120, from: 1_800_000_000, using: &random) >= 120)
            let short = rounds.wait(afterRefusals: 1, wish: 2, from: 1_800_000_000, using: &random)
            #expect((2...2.5).contains(short))
            #expect(rounds.wait(afterRefusals: 2, wish: 2, from: 1_800_000_000, using: &random) >= 10)
        }
    }

    @Test("an interval keeps its 10 %, and a long one ends in a round")
    func pauses() {
        var random = SeededRandom(seed: 9)
        for interval in [0.05, 1, 10, 60, 179, 180, 300, 3600] {
            for step in 0..<200 {
                let now = 1_800_000_000 + Double(step) * 1.7
                let pause = rounds.pause(interval, from: now, using: &random)
                #expect(pause >= interval * 0.9 - 1e-6 && pause <= interval * 1.1 + 1e-6, "\(interval)")
                if interval >= 180 { #expect(place(now + pause, rounds) < RequestRounds.window + 1e-3) }
            }
        }
    }

    @Test("clientIds have rounds of their own")
    func phases() {
        let places = (0..<50).map { place(1_800_000_000, RequestRounds(clientID: "client \($0)")) }
        #expect(Set(places.map { Int($0) }).count > 8)
    }
}
