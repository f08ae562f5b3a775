import ArgumentParser
import CommandOptions
import Injection
import Plan
import Telemetry

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Prints the plan that the agent would get for a pod, as JSON.",
        discussion: """
            A pod with a spec is decided about as the webhook does it: who may read the files depends on \
            its security contexts. From annotations alone, the defaults are shown.
            """)

    @OptionGroup var selection: SelectionOptions
    @Option(help: ArgumentHelp("The namespace of a pod that names none.", valueName: "namespace"))
    var namespace = "default"
    @OptionGroup var logging: LogOptions
    @OptionGroup(title: "Policy options") var flags: PolicyFlags

    func run() throws {
        let policy = try flags.policy()
        let pod = try selection.pod()
        let plan =
            if let template = pod.template {
                try PlanCommand.plan(
                    of: template.json, title: pod.title, namespace: template.namespace ?? namespace, policy,
                    logging.log)
            } else {
                try selection.plan(of: pod, policy: policy, log: logging.log)
            }
        print(String(decoding: plan.prettyJSON, as: UTF8.self))
    }

    private static func plan(
        of json: [UInt8], title: String, namespace: String, _ policy: InjectionPolicy, _ log: Log
    ) throws -> Plan {
        let decision = try json.withUnsafeBytes { bytes in
            try Injector(policy: policy).decide(pod: bytes, namespace: namespace)
        }
        for warning in decision.warnings { log.warn(warning) }
        switch decision.outcome {
        case .unchanged: throw PodChoiceError.notInjected(title)
        case .denied(let error): throw error
        case .patched(_, let summary): return summary.plan
        }
    }
}
