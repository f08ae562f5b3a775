import Agent
import ArgumentParser
import Foundation
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
            InjectCommand.self, ExplainCommand.self, PlanCommand.self, RunCommand.self, GetCommand.self,
            ListCommand.self,
            BindCommand.self,
        ]
    )

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as any ExplainedError {
            complain(error)
            Foundation.exit(error.exitCode.rawValue)
        } catch {
            // ArgumentParser's own exits: help and version are no failures; its 64 is the contract's 2.
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code.isSuccess {
                print(text)
            } else if !text.isEmpty {
                FileHandle.standardError.write(Data((text + "\n").utf8))
            }
            Foundation.exit(
                code == .validationFailure ? CommandStatus.usage.rawValue : code.rawValue)
        }
    }

    private static func complain(_ error: any ExplainedError) {
        var text = "error: \(error.message)\n"
        if let hint = error.hint { text += "hint: \(hint)\n" }
        FileHandle.standardError.write(Data(text.utf8))
    }
}
