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

    @OptionGroup var selection: SelectionOptions
    @Option(help: ArgumentHelp("The namespace of objects that name none.", valueName: "namespace"))
    var namespace = "default"
    @Option(help: "text or json.") var output = Output.text
    @OptionGroup(title: "Policy options") var flags: PolicyFlags

    func run() throws {
        let injector = Injector(policy: try flags.policy())
        let explanations = try pods().map { pod in
            let namespace = pod.namespace ?? namespace
            let decision = try pod.json.withUnsafeBytes { bytes in
                try injector.decide(pod: bytes, namespace: namespace)
            }
            return Explanation(title: pod.title, namespace: namespace, decision: decision)
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

    /// Those of the manifest, or one with the annotations and a container of which nothing is known.
    private func pods() throws -> [PodTemplate] {
        if let manifest = selection.manifest {
            return try ManifestFile(
                ManifestText.read(manifest), source: ManifestText.source(of: manifest)
            ).pods
        }
        var annotations = Dictionary(
            try selection.pod().annotations.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        annotations[Annotation.prefix + "inject"] = annotations[Annotation.prefix + "inject"] ?? "true"
        let pod: [String: Any] = [
            "kind": "Pod", "metadata": ["name": "example", "annotations": annotations],
            "spec": ["containers": [["name": "app"]]],
        ]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: pod), as: UTF8.self)
        return try ManifestFile(text, source: "the command line").pods
    }
}
