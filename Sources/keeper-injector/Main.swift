import ArgumentParser
import CommandOptions
import Plan

/// The tool for people.
@main
struct KeeperInjector: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keeper-injector",
        abstract: "Secrets from Keeper Secrets Manager for Kubernetes pods, tried on your own machine.",
        discussion: """
            Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 configuration, 4 Keeper refused, \
            5 Keeper unreachable, 6 not found.
            """,
        version: productVersion,
        subcommands: [
            InjectCommand.self, ExplainCommand.self, PlanCommand.self, RunCommand.self, MountCommand.self,
            RenderCommand.self, GetCommand.self, ListCommand.self, BindCommand.self,
        ]
    )

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            CommandExit.end(Self.self, with: error)
        }
    }
}
