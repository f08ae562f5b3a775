import Agent
import ArgumentParser
import Fetcher
import Foundation
import SecretMemory

/// How to reach Keeper; the same for every command that does.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .customLong("ksm-config"),
        help: ArgumentHelp(
            "The KSM client configuration, JSON or base64. Default: the environment variable KSM_CONFIG, "
                + "which holds the configuration itself.", valueName: "file"))
    var ksmConfig: String?

    @OptionGroup var transport: TransportOptions

    func input() throws(MissingConfiguration) -> ConfigurationInput {
        if let ksmConfig { return .file(ksmConfig) }
        guard let text = ProcessInfo.processInfo.environment["KSM_CONFIG"], !text.isEmpty else {
            throw MissingConfiguration()
        }
        return .text(SecretBytes(text.utf8))
    }

    var client: ClientOptions { transport.client }
}
