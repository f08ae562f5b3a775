/// What the holder is told on its command line.
package struct HolderOptions: Equatable, Sendable {
    /// Where the volume `keeper-secrets` is mounted; the file system goes on `..fuse` in it.
    package var secretsPath: String
    /// The uid that may attach, and nobody else.
    package var agentUser: UInt32
    /// Where the volume `keeper-run` is mounted.
    package var runPath = "/keeper/run"
    /// How long requests wait for a server.
    package var grace: Duration = .seconds(30)

    package init(
        secretsPath: String, agentUser: UInt32, runPath: String = "/keeper/run",
        grace: Duration = .seconds(30)
    ) {
        self.secretsPath = secretsPath
        self.agentUser = agentUser
        self.runPath = runPath
        self.grace = grace
    }

    package static let usage = """
        usage: keeper-injector-mount --secrets-path DIR --agent-user UID [options]

        Mounts a FUSE file system on DIR/..fuse and hands it to the agent, which serves it. Runs privileged
        and does nothing else: no network, no secrets. On SIGTERM the mount is gone at once.

          --secrets-path DIR   where the volume keeper-secrets is mounted, with Bidirectional propagation
          --agent-user UID     the uid that may attach
          --run-path DIR       where the volume keeper-run is mounted (default: /keeper/run)
          --grace DURATION     without a server, requests fail with EIO after this (default: 30s)
          --version, --help

        Exit codes: 0 ok, 1 failed, 2 wrong usage.

        """

    /// - Throws: `HolderError.usage` that names the mistake.
    package init(_ arguments: [String]) throws(HolderError) {
        var secretsPath: String?
        var agentUser: UInt32?
        var rest = arguments[...]
        var runPath = "/keeper/run"
        var grace: Duration = .seconds(30)
        while let argument = rest.popFirst() {
            var flag = argument
            if let equals = argument.firstIndex(of: "=") {
                flag = String(argument[..<equals])
                rest = [String(argument[argument.index(after: equals)...])] + rest
            }
            guard ["--secrets-path", "--agent-user", "--run-path", "--grace"].contains(flag) else {
                throw .usage("unknown option '\(flag)'")
            }
            guard let value = rest.popFirst(), !value.isEmpty else { throw .usage("\(flag) needs a value") }
            switch flag {
            case "--secrets-path": secretsPath = value
            case "--run-path": runPath = value
            case "--agent-user":
                guard let number = UInt32(value), number != .max else {
                    throw .usage("--agent-user \(value): expected a uid")
                }
                agentUser = number
            default:
                guard let seconds = HolderOptions.seconds(value) else {
                    throw .usage("--grace \(value): expected a duration from 1ms to 24h, such as 30s")
                }
                grace = seconds
            }
        }
        guard let secretsPath, secretsPath.hasPrefix("/") else {
            throw .usage("--secrets-path needs an absolute path")
        }
        guard let agentUser else { throw .usage("--agent-user is missing") }
        self.init(secretsPath: secretsPath, agentUser: agentUser, runPath: runPath, grace: grace)
    }

    /// `30s`, `500ms`, `2m`, `1h`: one number and one unit.
    private static func seconds(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number > 0, number <= 86_400_000 else { return nil }
        let duration: Duration
        switch text.dropFirst(digits.count) {
        case "ms": duration = .milliseconds(number)
        case "s": duration = .seconds(number)
        case "m": duration = .seconds(number * 60)
        case "h": duration = .seconds(number * 3600)
        default: return nil
        }
        return duration <= .seconds(86_400) ? duration : nil
    }
}

/// Why the holder ends.
package enum HolderError: Error, Equatable, Sendable {
    case usage(String)
    /// A system call on a path failed.
    case system(String, path: String, Int32)
}
