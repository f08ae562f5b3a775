import ArgumentParser
import CommandOptions
import Plan

/// What runs in the cluster, a few times.
@main
struct KeeperInjectorWebhook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keeper-injector-webhook",
        abstract: "The admission webhook, and the controller of Kubernetes Secrets.",
        discussion: """
            Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 configuration.
            """,
        version: productVersion,
        subcommands: [ServeCommand.self, ControllerCommand.self]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            CommandExit.end(Self.self, with: error)
        }
    }
}
