import ArgumentParser
import Foundation
import KeeperEmulator

@main
struct KeeperEmulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keeper-emulator",
        abstract: "A Keeper Secrets Manager service on this machine, for demos and tests.",
        discussion: """
            It serves the protocol strictly over HTTPS, with a certificate of its own authority, made at \
            the start. When it is ready it prints one line:

              keeper-emulator ready port=PORT page=PORT

            Example:

              keeper-emulator --page-port 8000 --config-out ksm.json --ca-out ca.pem

            Then open http://127.0.0.1:8000/ to look at the records and to change them, or:

              curl -X PUT http://127.0.0.1:8000/api/records/WebShopLogin0000000001/fields/password \\
                -d '{"value":"changed"}'

            Faults are written KIND[=VALUE][@OPERATION][*COUNT], for example 'throttle=3*2', \
            '500@get_secret*1', 'slow=2048'. Kinds: throttle[=SECONDS], 400 to 599, proxy, reset, hang, \
            slow[=BYTES], truncate, corrupt, corrupt-record=UID, corrupt-file=UID, wrong-key[=ID], \
            error=CODE, tls-close, tls-hang. Operations: get_secret, get_folders, file.

            It ends with SIGTERM or Ctrl-C. Never put real secrets into it.
            """)

    @Option(help: "Port of the HTTPS service; 0 is a free one.")
    var port = 0

    @Option(help: "Port of the page on 127.0.0.1; 0 is a free one.")
    var pagePort = 0

    @Option(help: ArgumentHelp("IPv4 address the HTTPS service listens on.", valueName: "address"))
    var listen = "127.0.0.1"

    @Option(help: "What clients call this machine, without the port.")
    var hostname = "127.0.0.1"

    @Option(name: .customLong("name"), help: "A further name or address for the certificate (repeatable).")
    var names: [String] = []

    @Option(help: ArgumentHelp("A vault file (YAML), in place of the sample vault.", valueName: "file"))
    var vault: String?

    @Option(help: ArgumentHelp("So many generated records in place of the sample vault.", valueName: "n"))
    var generate: Int?

    @Option(help: ArgumentHelp("Write the configuration of a bound client, mode 0600.", valueName: "file"))
    var configOut: String?

    @Option(help: ArgumentHelp("Write the certificate that clients have to trust.", valueName: "file"))
    var caOut: String?

    @Option(help: ArgumentHelp("Write a one-time token, mode 0600.", valueName: "file"))
    var tokenOut: String?

    @Option(help: ArgumentHelp("Something that goes wrong from the start (repeatable).", valueName: "spec"))
    var fault: [String] = []

    @Flag(help: "Limit requests as Keeper does: 100 in 10 s for each client and operation.")
    var throttle = false

    @Flag(help: "Print the sample vault as a vault file, and end.")
    var printSample = false

    func validate() throws {
        if vault != nil, generate != nil {
            throw ValidationError("--vault and --generate exclude each other")
        }
        if let generate, !(1...100_000).contains(generate) {
            throw ValidationError("--generate takes 1 to 100000")
        }
        do {
            _ = try fault.map { try Fault(parsing: $0) }
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        if printSample { return print(EmulatorVault.sampleYAML) }
        let signals = Termination()
        var options = EmulatorOptions()
        options.address = listen
        options.port = port
        options.pagePort = pagePort
        options.hostname = hostname
        options.names = names
        options.faults = try fault.map { try Fault(parsing: $0) }
        options.throttle = throttle ? ThrottleRule() : nil

        let emulator = try Emulator.start(vault: chosenVault(), options: options)
        if let caOut { try emulator.writeCA(to: caOut) }
        if let configOut { try writePrivately(emulator.clientConfiguration() + "\n", to: configOut) }
        if let tokenOut { try writePrivately(emulator.oneTimeToken() + "\n", to: tokenOut) }
        print("keeper-emulator ready port=\(emulator.port) page=\(emulator.pagePort ?? 0)")
        // A pipe is buffered: whoever waits for the line would wait for ever.
        fflush(nil)
        signals.wait()
        emulator.stop()
    }

    private func chosenVault() throws -> EmulatorVault {
        if let generate { return .generated(records: generate) }
        guard let vault else { return .sample }
        return try EmulatorVault(yaml: String(contentsOfFile: vault, encoding: .utf8))
    }

    /// Nobody else may read the file, not even between its creation and a change of its mode.
    private func writePrivately(_ text: String, to path: String) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: Data(text.utf8))
        guard rename(temporary, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
