import Agent
import ArgumentParser
import CommandOptions
import Foundation
import Plan
import SecretFS

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Does on your machine what the agent would do in a pod.",
        discussion: """
            A path /path of the pod becomes DIR/path. Files belong to you, mode 0600. Take a directory in \
            memory, such as one below /dev/shm, if no value is to reach a disk.

            Environment variables of a container NAME go to DIR/keeper/env/NAME/environment, and the launcher \
            to DIR/keeper/launcher/keeper-injector-exec:
              DIR/keeper/launcher/keeper-injector-exec DIR/keeper/env/NAME/environment -- COMMAND

            Examples:
              keeper-injector run -f pod.yaml --ksm-config keeper.json --root DIR --once
              keeper-injector run --annotation secret=my-db --ksm-config k.json --root DIR
            """)

    @OptionGroup var selection: SelectionOptions

    @Option(
        help: ArgumentHelp(
            "The directory that stands for the pod's root; made when missing.", valueName: "dir"))
    var root: String

    @Option(help: ArgumentHelp("In place of the annotation.", valueName: "tmpfs|fuse"))
    var backend: Backend?

    @Flag(help: "Publish once and end, as the init container does.")
    var once = false

    @Option(
        name: .customLong("refresh-interval"),
        help: ArgumentHelp(
            "In place of the annotation; at least 50ms. Without --once it refreshes until Ctrl-C or SIGTERM.",
            valueName: "duration"))
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
    }

    func run() throws {
        let log = logging.log
        var plan = try selection.planForHere(log: log)
        if let refreshInterval { plan.refreshInterval = refreshInterval.duration }
        if let backend { plan.backend = backend }
        if plan.backend == .fuse, plan.writesFiles, once { throw AgentError.onlySidecarServes }
        if plan.setsEnvironment { plan.environmentContainers = try selection.containerNames() }
        let target: PublishTarget =
            if !plan.writesFiles {
                .tmpfs([])
            } else if plan.backend == .tmpfs {
                .tmpfs(try plan.directories(below: root))
            } else {
                .fuse(try plan.fuseLayout(below: root), .here(allowOther: geteuid() == 0))
            }
        var settings = AgentSettings(
            plan: plan, configuration: try connection.input(), client: connection.client,
            target: target, healthPort: healthPort == 0 ? nil : healthPort, log: log)
        settings.environment = AppEnvironment(
            plan, run: AgentPaths.environment(root: root), ownership: Ownership(), needsLauncher: false)
        let code = Agent(settings).run(once ? .once : .refreshing)
        Foundation.exit(code.rawValue)
    }
}
