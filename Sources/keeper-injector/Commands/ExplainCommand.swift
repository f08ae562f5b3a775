import ArgumentParser
import Foundation
import Injection
import Manifests
import Plan
import CommandOptions

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what the webhook would do with the pods of a manifest, and why.",
        discussion: "Ends with 3 when a pod would be denied.")

    enum Output: String, CaseIterable, ExpressibleByArgument { case text, json }

    @OptionGroup var input: ManifestOptions
    @Option(help: "text or json.") var output = Output.text
    @OptionGroup(title: "Policy options") var flags: PolicyFlags

    func run() throws {
        let injector = Injector(policy: try flags.policy())
        var explanations: [Explanation] = []
        for pod in try input.read().pods {
            let namespace = pod.namespace ?? input.namespace
            let decision = try pod.json.withUnsafeBytes { bytes in
                try injector.decide(pod: bytes, namespace: namespace)
            }
            explanations.append(Explanation(title: pod.title, namespace: namespace, decision: decision))
        }
        switch output {
        case .text:
            let colours = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
            print(explanations.map { $0.text(colours: colours) }.joined(separator: "\n\n"))
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(explanations), as: UTF8.self))
        }
        if explanations.contains(where: { $0.result == "denied" }) {
            throw ExitCode(CommandStatus.configuration.rawValue)
        }
    }
}
