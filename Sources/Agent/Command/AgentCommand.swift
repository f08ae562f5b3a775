import Fetcher
import Glibc
package import Plan
import SecretFS
import SecretMemory
import Telemetry

/// The command line of `keeper-injector-agent`: `init | sidecar | health [--ready]`.
package enum AgentCommand {
    private static let usage = """
        usage: keeper-injector-agent init|sidecar|health [options]

          init       fetch, publish once, end: the init container
          sidecar    publish and refresh until SIGTERM
          health     ask the running sidecar; exit code 0 when it is alive, with --ready when its secrets
                     are published and current

        The settings come from the environment variable KEEPER_INJECTOR_CONFIG (JSON; see
        `keeper-injector plan`). For trying it outside a pod:

          --root DIR              a path /path of the pod becomes DIR/path
          --ksm-config FILE       the KSM configuration (default: \(AgentPaths.configuration))
          --ca-cert FILE          PEM file of CA certificates to trust beside the system's
          --fuse-fd-socket PATH   backend: "fuse": the Unix socket where the mount is handed over
                                  (default: \(AgentPaths.attachSocket), the holder's)
          --refresh-interval D    in place of the plan's, such as 30s
          --health-port N         TCP port of /healthz, /readyz and /metrics (default: none)
          --log-level LEVEL       debug, info, warn or error (default: info)
          --log-format FORMAT     json or text (default: text on a terminal, else json)
          --version, --help

        Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 configuration, 4 Keeper refused, 5 Keeper
        unreachable, 6 not found.

        """

    /// Runs the process's whole job.
    package static func run(_ arguments: [String]) -> CommandStatus {
        if arguments.contains("--help") || arguments.contains("-h") || arguments.first == "help" {
            write(usage, to: STDOUT_FILENO)
            return .ok
        }
        if arguments.contains("--version") {
            write(productVersion + "\n", to: STDOUT_FILENO)
            return .ok
        }
        do throws(UsageError) {
            let flags = try AgentFlags(arguments)
            switch flags.verb {
            case .health: return health(flags)
            case .initialize: return agent(flags, .once)
            case .sidecar: return agent(flags, .refreshing)
            }
        } catch {
            write("error: \(error.message)\nhint: keeper-injector-agent --help\n", to: STDERR_FILENO)
            return error.exitCode
        }
    }

    private static func agent(_ flags: AgentFlags, _ mode: Agent.Mode) -> CommandStatus {
        var log = Log(level: flags.logLevel ?? .info, format: flags.logFormat)
        do throws(AgentError) {
            var plan = try plan()
            if flags.logLevel == nil, let level = plan.logLevel.flatMap(Log.Level.init) {
                log = Log(level: level, format: flags.logFormat)
            }
            if let interval = flags.refreshInterval { plan.refreshInterval = interval }
            if plan.backend == .fuse, plan.writesFiles, mode == .once { throw .onlySidecarServes }
            let target = try target(of: plan, flags)
            var settings = AgentSettings(
                plan: plan, configuration: .file(flags.configuration ?? AgentPaths.configuration),
                client: ClientOptions(caFile: flags.caCertificate ?? plan.certificateAuthority),
                target: target, ownership: Ownership(plan.access),
                healthSocket: mode == .refreshing ? AgentPaths.socket(root: flags.root) : nil,
                healthPort: flags.healthPort ?? (mode == .refreshing ? plan.metricsPort : nil), log: log)
            settings.handOver = AgentPaths.handOver(root: flags.root)
            settings.isInPod = flags.root == nil
            settings.environment = AppEnvironment(
                plan, run: AgentPaths.environment(root: flags.root), ownership: Ownership(plan.access))
            return Agent(settings).run(mode)
        } catch {
            log.failure(error)
            return error.exitCode
        }
    }

    private static func target(of plan: Plan, _ flags: AgentFlags) throws(AgentError) -> PublishTarget {
        // A pod of environment variables alone has no volume for files.
        guard plan.writesFiles else { return .tmpfs([]) }
        return switch (plan.backend, flags.root) {
        case (.tmpfs, let root?): .tmpfs(try plan.directories(below: root))
        case (.tmpfs, nil): .tmpfs(plan.directories(onVolume: AgentPaths.volume))
        case (.fuse, let root?):
            .fuse(try plan.fuseLayout(below: root), .here(allowOther: geteuid() == 0))
        case (.fuse, nil):
            .fuse(
                plan.fuseLayout(onVolumes: AgentPaths.run),
                .holder(socket: flags.attachSocket ?? AgentPaths.attachSocket))
        }
    }

    private static func plan() throws(AgentError) -> Plan {
        guard let text = getenv("KEEPER_INJECTOR_CONFIG") else { throw .noPlan }
        do throws(PlanError) {
            return try Plan(
                parsing: SecretBytes(copying: UnsafeRawBufferPointer(start: text, count: strlen(text))))
        } catch {
            throw .plan(error)
        }
    }

    private static func health(_ flags: AgentFlags) -> CommandStatus {
        do throws(HealthError) {
            let answer = try HealthProbe(socketPath: AgentPaths.socket(root: flags.root))
                .ask(flags.ready ? "/readyz" : "/healthz")
            write(answer.body, to: STDOUT_FILENO)
            return answer.status == 200 ? .ok : .failed
        } catch {
            write("error: \(error.message)\nhint: \(error.hint ?? "")\n", to: STDERR_FILENO)
            return error.exitCode
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

extension Plan {
    /// Where the CA bundle lies that the annotations name.
    fileprivate var certificateAuthority: String? {
        hasCertificateAuthority ? AgentPaths.certificateAuthority : nil
    }
}

extension Ownership {
    fileprivate init(_ access: FileAccess) {
        self.init(user: access.user, group: access.group, fileMode: access.mode ?? 0o600)
    }
}
