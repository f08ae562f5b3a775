import Agent
import ArgumentParser
import CommandOptions
import Foundation
import Injection
import Plan
import SecretFS

struct MountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mount",
        abstract: "Mounts secrets as a file system of our own, in the foreground.",
        discussion: """
            Values stay in locked memory; DIR shows what Keeper has, and changes as it does. As root other \
            users may look in, as far as --user, --group and --mode let them; an ordinary user mounts with \
            fusermount3 and sees the files alone. Without a selection every record becomes TITLE.json. \
            Ctrl-C or SIGTERM unmounts.

            Examples:
              keeper-injector mount DIR --ksm-config keeper.json
              keeper-injector mount DIR --ksm-config keeper.json --secret "My database"
              keeper-injector mount DIR --ksm-config k.json --annotation secret-db=my-db:/keeper/secrets/db.json
            """)

    @Argument(
        help: ArgumentHelp("An empty directory, or none yet; it stands for secrets-path.", valueName: "dir"))
    var directory: String

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp("A record's title or uid; repeatable.", valueName: "name"))
    var secrets: [String] = []

    @Option(
        name: .customLong("annotation"),
        help: ArgumentHelp(
            "An annotation; repeatable. The prefix keeper.security/ may be left out.", valueName: "key=value")
    )
    var annotations: [String] = []

    @Option(help: ArgumentHelp("The uid that owns the files (default: yours).", valueName: "uid"))
    var user: UInt32?

    @Option(help: ArgumentHelp("The gid of the files (default: yours).", valueName: "gid"))
    var group: UInt32?

    @Option(help: ArgumentHelp("Permission bits of the files, octal (default: 0600).", valueName: "mode"))
    var mode: FileModeArgument?

    @Flag(help: "Log each open of a file: uid, pid, name, version. Slower.")
    var audit = false

    @Flag(name: .customLong("direct-io"), help: "Let the kernel cache no value. Slower.")
    var directIO = false

    @Option(
        name: .customLong("refresh-interval"),
        help: ArgumentHelp("At least 50ms (default: 5m).", valueName: "duration"))
    var refreshInterval: DurationArgument?

    @Option(
        name: .customLong("health-port"),
        help: ArgumentHelp("TCP port of /healthz, /readyz and /metrics; 0 for none.", valueName: "port"))
    var healthPort: UInt16 = 0

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LogOptions

    func validate() throws {
        if let refreshInterval, refreshInterval.duration < .milliseconds(50) {
            throw ValidationError("--refresh-interval must be at least 50ms.")
        }
        for annotation in annotations where !annotation.contains("=") {
            throw ValidationError("--annotation \(annotation): expected KEY=VALUE, such as secret=my-record.")
        }
    }

    func run() throws {
        let log = logging.log
        var plan = try plan()
        plan.backend = .fuse
        plan.fuse = FuseSettings(audit: audit, directIO: directIO)
        if let refreshInterval { plan.refreshInterval = refreshInterval.duration }
        if let other = plan.directories.first(where: { $0 != plan.secretsPath }) {
            throw ValidationError(
                "\(other) lies outside \(plan.secretsPath), for which DIR stands: mount shows that directory "
                    + "alone. `keeper-injector run --backend fuse --root DIR` shows all of them.")
        }
        let layout = FuseLayout(secretsPath: plan.secretsPath, mountPoint: directory)
        var settings = AgentSettings(
            plan: plan, configuration: try connection.input(), client: connection.client,
            target: .fuse(layout, .here(allowOther: geteuid() == 0)),
            ownership: Ownership(user: user, group: group, fileMode: mode?.bits ?? 0o600),
            healthPort: healthPort == 0 ? nil : healthPort, log: log)
        settings.selectsEverything = secrets.isEmpty && annotations.isEmpty
        Foundation.exit(Agent(settings).run(.refreshing).rawValue)
    }

    private func plan() throws -> Plan {
        guard !secrets.isEmpty || !annotations.isEmpty else {
            return Plan(configuration: .commandLine, selections: [])
        }
        let named = secrets.enumerated().map { position, name in "secret-mount-\(position + 1)=\(name)" }
        let options = AnnotationParser.Options(
            hasConfiguration: true, assumesInject: true, minimumRefreshInterval: .milliseconds(50))
        let pod = AnnotatedPod(annotations: named + annotations)
        let parsed = try AnnotationParser(options: options).parse(pod.annotations)
        for warning in parsed.warnings {
            logging.log.warn(warning.message, ["annotation": .string(warning.annotation)])
        }
        guard let plan = parsed.plan else { throw PodChoiceError.notInjected(pod.title) }
        guard !plan.setsEnvironment else {
            throw ValidationError(
                "mount shows files alone: `keeper-injector run --root DIR` writes environment files.")
        }
        return plan
    }
}

/// `0640`, octal.
struct FileModeArgument: ExpressibleByArgument {
    let bits: UInt32

    init?(argument: String) {
        guard let bits = UInt32(argument, radix: 8), bits <= 0o777 else { return nil }
        self.bits = bits
    }
}
