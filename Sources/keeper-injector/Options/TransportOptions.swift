import ArgumentParser
import Fetcher

/// What stands between this machine and Keeper.
struct TransportOptions: ParsableArguments {
    @Option(
        name: .customLong("ca-cert"),
        help: ArgumentHelp("PEM file of CA certificates to trust beside the system's.", valueName: "file"))
    var caCertificate: String?

    @Option(
        name: .customLong("https-proxy"), help: ArgumentHelp("HTTP CONNECT proxy.", valueName: "url"))
    var httpsProxy: String?

    var client: ClientOptions { ClientOptions(caFile: caCertificate, proxy: httpsProxy) }
}
