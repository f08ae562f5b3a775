import Fetcher
import KeeperEmulator
import SecretMemory
import TestSupport
import Telemetry

/// An emulator, a client bound to it, and what the client reports.
final class FetcherBench {
    let emulator: Emulator
    let directory: TemporaryDirectory
    let client: KeeperClient
    private let log: Log

    private final class Log {
        var events: [FetchEvent] = []
    }

    var events: [FetchEvent] { log.events }

    /// How requests ended, in their order; `nil` is well.
    var failures: [Failure?] {
        events.compactMap { if case .requested(_, let failure, _) = $0 { .some(failure) } else { nil } }
    }

    /// The delays that throttling asked for.
    var throttled: [Duration] {
        events.compactMap { if case .throttled(_, let delay, _) = $0 { delay } else { nil } }
    }

    init(
        _ faults: [Fault] = [], vault: EmulatorVault = .sample, address: String = "127.0.0.1",
        trusted: Bool = true,
        cancellation: Cancellation = Cancellation(), options: ClientOptions? = nil,
        adapt: (String) -> String = { $0 }
    ) throws {
        var settings = EmulatorOptions()
        settings.faults = faults
        settings.address = address
        let emulator = try Emulator.start(vault: vault, options: settings)
        let directory = try TemporaryDirectory()
        try emulator.writeCA(to: directory.file("ca.pem"))
        let text = adapt(try emulator.clientConfiguration())
        let log = Log()
        self.emulator = emulator
        self.directory = directory
        self.log = log
        client = try KeeperClient(
            configuration: ClientConfiguration(parsing: SecretBytes(text.utf8)),
            options: FetcherBench.options(options, caFile: trusted ? directory.file("ca.pem") : nil),
            cancellation: cancellation
        ) { log.events.append($0) }
    }

    /// Short waits, and no proxy that the machine's environment may name.
    static func options(_ base: ClientOptions? = nil, caFile: String?) -> ClientOptions {
        var options =
            base
            ?? ClientOptions(retryDelays: [.milliseconds(2), .milliseconds(4), .milliseconds(8)])
        options.caFile = caFile
        options.proxy = ""
        return options
    }
}
