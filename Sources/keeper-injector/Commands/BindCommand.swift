import Agent
import ArgumentParser
import CommandOptions
import Fetcher
import Foundation
import Plan
import SecretMemory

struct BindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bind",
        abstract: "Turns a one-time token into a client configuration.",
        discussion: """
            The token works once: keep what this prints. In Kubernetes, put it into a Secret:

              keeper-injector bind US:TOKEN -o keeper.json
              kubectl create secret generic keeper-config --from-file=config=keeper.json
            """)

    @Argument(
        help: ArgumentHelp(
            "The token, REGION:TOKEN or HOST:TOKEN; - reads it from stdin.", valueName: "token"))
    var token: String

    @Option(help: ArgumentHelp("Keeper's host, where the token does not name it.", valueName: "host"))
    var hostname: String?

    @Option(
        name: .customLong("server-public-key"),
        help: ArgumentHelp("The server's public key (base64) of an isolated deployment.", valueName: "key"))
    var serverPublicKey: String?

    @Option(
        name: .customLong("server-public-key-id"),
        help: ArgumentHelp("The id of that key.", valueName: "id"))
    var serverPublicKeyID: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write to this new file, mode 0600, instead of stdout.", valueName: "file"))
    var output: String?

    @OptionGroup var transport: TransportOptions
    @OptionGroup var logging: LogOptions

    func run() throws {
        let text = token == "-" ? (readLine() ?? "") : token
        let parsed = try OneTimeToken(
            text, hostname: hostname, serverKeyID: serverPublicKeyID, serverKey: serverPublicKey)
        // The file first: a token spent for a result that cannot be kept would be lost.
        let file = try output.map { path throws(OutputError) in try NewFile(path) }
        do {
            let configuration = try KeeperClient.bind(
                parsed, options: transport.client,
                observer: logging.log.event)
            try (file ?? NewFile(standardOutput: ())).write(configuration.json(), line: true)
        } catch {
            file?.remove()
            throw error
        }
    }
}
