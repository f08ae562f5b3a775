/// Prints the tables of docs/scale.md, or with `--pods N [--spread SECONDS]` what is foretold for so many pods
/// by the agent's own strategy: `SECONDS CALLS`, medians of 21 runs.
@main
enum ScaleModel {
    static func main() {
        var pods: Int?
        var spread = 5.0
        var arguments = CommandLine.arguments.dropFirst()
        while let flag = arguments.popFirst(), let value = arguments.popFirst() {
            switch flag {
            case "--pods": pods = Int(value)
            case "--spread": spread = Double(value) ?? spread
            default: preconditionFailure("unknown flag \(flag)")
            }
        }
        guard let pods else {
            printStart(spread: spread)
            return printRefreshes()
        }
        let outcomes = (1...21).map { Model(strategy: .rounds, pods: pods, spread: spread, seed: $0).run() }
        print("\(Int(median(outcomes, \.last))) \(Int(median(outcomes) { Double($0.calls) }))")
    }

    private static func printStart(spread: Double) {
        print("| after a refusal | pods | with secrets | until all have them | refused calls per pod |")
        print("|---|---|---|---|---|")
        for strategy in Strategy.allCases {
            for pods in [10, 100, 200, 500, 1_000, 10_000] {
                // The largest takes a minute; it hardly varies.
                let outcomes = (1...(pods > 1_000 ? 1 : 5)).map {
                    Model(strategy: strategy, pods: pods, spread: spread, seed: $0).run()
                }
                let served = Int(median(outcomes) { Double($0.served) })
                let time = served == pods ? "\(Int(median(outcomes, \.last).rounded(.up))) s" : "not in 6 h"
                let wasted = median(outcomes) { Double($0.refused) / Double(pods) }
                print("| \(strategy.rawValue) | \(pods) | \(served) | \(time) | \(rounded(wasted)) |")
            }
        }
    }

    private static func printRefreshes() {
        print()
        print(
            "| refreshes every 5 min for 6 h | pods | calls | of them refused | longest time without an answer |"
        )
        print("|---|---|---|---|---|")
        for strategy in Strategy.allCases {
            for pods in [10, 100, 500, 1_000, 2_000] {
                let outcomes = (1...3).map {
                    Model(strategy: strategy, pods: pods, interval: 300, seed: $0).run()
                }
                let calls = Int(median(outcomes) { Double($0.calls) })
                let refused = median(outcomes) { 100 * Double($0.refused) / Double($0.calls) }
                let oldest = Int(median(outcomes, \.oldest))
                print("| \(strategy.rawValue) | \(pods) | \(calls) | \(rounded(refused)) % | \(oldest) s |")
            }
        }
    }

    private static func median(_ outcomes: [Model.Outcome], _ value: (Model.Outcome) -> Double) -> Double {
        outcomes.map(value).sorted()[outcomes.count / 2]
    }

    private static func rounded(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}
