import Agent
import ArgumentParser
import Foundation
import Injection
import Manifests
import Plan
import CommandOptions

struct InjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inject",
        abstract: "Prints a manifest as the webhook would leave it.",
        discussion: """
            Documents that are not changed keep every byte. A pod that the webhook would deny ends the \
            command with 3; nothing is printed then.

            Example:
              keeper-injector inject -f app.yaml | kubectl apply -f -
            """)

    @OptionGroup var input: ManifestOptions
    @OptionGroup(title: "Policy options") var flags: PolicyFlags

    func run() throws {
        let injector = Injector(policy: try flags.policy())
        let file = try input.read()
        var patches: [PodPatch] = []
        var denied: [String] = []
        var notes: [String] = []
        for pod in file.pods {
            let decision = try pod.json.withUnsafeBytes { bytes in
                try injector.decide(pod: bytes, namespace: pod.namespace ?? input.namespace)
            }
            notes += decision.warnings.map { "warning: \(pod.title): \($0)" }
            switch decision.outcome {
            case .unchanged: break
            case .patched(let patch, _): patches.append(PodPatch(pod: pod, json: patch))
            case .denied(let error): denied.append("\(pod.title): \(error.message)")
            }
        }
        guard denied.isEmpty else { throw Denied(pods: denied, notes: notes) }
        let result = try file.applying(patches)
        for note in notes + result.notes.map({ "note: \($0)" }) {
            FileHandle.standardError.write(Data((note + "\n").utf8))
        }
        FileHandle.standardOutput.write(Data(result.text.utf8))
    }
}

/// Pods that the webhook would refuse.
struct Denied: ExplainedError {
    let pods: [String]
    let notes: [String]

    var message: String { (pods + notes).joined(separator: "\n") }
    var exitCode: CommandStatus { .configuration }
}
