import ArgumentParser
import CommandOptions
import Injection

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Prints the plan that the agent would get for a pod, as JSON.")

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var logging: LogOptions

    func run() throws {
        let plan = try selection.plan(needsConfiguration: true, log: logging.log)
        print(String(decoding: plan.prettyJSON, as: UTF8.self))
    }
}
