import Plan

/// How the agent behaves.
extension KnownAnnotation {
    static let behaviourRows = [
        KnownAnnotation("backend") { annotation, draft throws(Mistake) in
            draft.backend =
                Backend(rawValue: try annotation.word(among: Backend.allCases.map(\.rawValue))) ?? .tmpfs
        },
        KnownAnnotation("secrets-path") { annotation, draft throws(Mistake) in
            draft.secretsPath = try annotation.directory()
        },
        KnownAnnotation("refresh-interval") { annotation, draft throws(Mistake) in
            draft.refreshInterval = try annotation.duration(
                atLeast: draft.options.minimumRefreshInterval, example: "5m")
        },
        KnownAnnotation("init-only") { annotation, draft throws(Mistake) in
            draft.initOnly = try annotation.boolean()
        },
        KnownAnnotation("fail-on-error") { annotation, draft throws(Mistake) in
            draft.failOnError = try annotation.boolean()
        },
        KnownAnnotation("init-timeout") { annotation, draft throws(Mistake) in
            draft.initTimeout = try annotation.duration(atLeast: .seconds(1), example: "60s")
        },
        KnownAnnotation("strict-lookup") { annotation, draft throws(Mistake) in
            draft.strictLookup = try annotation.boolean()
        },
        KnownAnnotation("strict-templates") { annotation, draft throws(Mistake) in
            draft.strictTemplates = try annotation.boolean()
        },
        KnownAnnotation("max-staleness") { annotation, draft throws(Mistake) in
            draft.maxStaleness = try annotation.duration(atLeast: .seconds(60), example: "24h")
        },
        KnownAnnotation("on-stale") { annotation, draft throws(Mistake) in
            draft.onStale =
                StalePolicy(rawValue: try annotation.word(among: StalePolicy.allCases.map(\.rawValue)))
                ?? .keep
        },
        KnownAnnotation("signal") { annotation, draft throws(Mistake) in
            draft.notification.signal = try annotation.signal()
        },
        KnownAnnotation("signal-containers") { annotation, draft throws(Mistake) in
            draft.notification.containers = try annotation.containerNames()
            draft.given["signal-containers"] = annotation
        },
        KnownAnnotation("reload-url") { annotation, draft throws(Mistake) in
            draft.notification.reloadURL = try annotation.loopbackURL()
        },
        KnownAnnotation("log-level") { annotation, draft throws(Mistake) in
            draft.logLevel = try annotation.word(among: ["debug", "info", "warn", "error"])
        },
        KnownAnnotation("metrics-port") { annotation, draft throws(Mistake) in
            draft.metricsPort = UInt16(
                try annotation.number(
                    in: 1024...65535, what: "a TCP port from 1024 to 65535, which a non-root agent can open",
                    example: "9102"))
        },
    ]
}

extension Annotation {
    /// A directory that may be mounted into the app's containers.
    func directory() throws(Mistake) -> AbsolutePath {
        let example = AbsolutePath.defaultSecretsPath.description
        let text = trimmed
        let path: AbsolutePath
        do throws(AbsolutePathError) {
            path = try AbsolutePath(text)
        } catch {
            throw mistake(
                text.isEmpty ? "is empty" : "the path \(error)", expected: "an absolute path",
                example: example)
        }
        if let broken = PathRules.objection(toMounting: path) {
            throw mistake(broken.problem, expected: broken.expected, example: example)
        }
        return path
    }

    /// Names of containers, separated by commas.
    func containerNames() throws(Mistake) -> [String] {
        try list(
            what: "names of containers of the pod, separated by commas", example: "app",
            check: DNSName.isLabel)
    }

    private static let signals = [
        "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGQUIT", "SIGWINCH",
    ]

    /// With its prefix; `HUP` will do.
    fileprivate func signal() throws(Mistake) -> String {
        let value = trimmed
        let name = value.hasPrefix("SIG") ? value : "SIG" + value
        if Self.signals.contains(name) { return name }
        let near = nearest(to: name.uppercased(), among: Self.signals, limit: 1).first
        throw mistake(
            value.isEmpty ? "is empty" : "is no signal that can be sent",
            expected: "one of " + Self.signals.joined(separator: ", "), example: near ?? "SIGHUP")
    }

    /// `http://127.0.0.1:PORT/PATH`: what leaves the pod is none of its business.
    fileprivate func loopbackURL() throws(Mistake) -> String {
        let example = "http://127.0.0.1:8080/reload"
        let text = try text(what: "a URL on the loopback", example: example)
        guard text.lowercased().hasPrefix("http://") else {
            throw mistake("does not begin with http://", expected: "a URL on the loopback", example: example)
        }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw mistake("is no plain URL", expected: "a URL on the loopback", example: example)
        }
        let hosts = ["127.0.0.1", "localhost", "[::1]"]
        guard
            let host = hosts.first(where: {
                authority.lowercased() == $0 || authority.lowercased().hasPrefix($0 + ":")
            })
        else {
            throw mistake(
                "goes to another host than this pod's loopback",
                expected: "the host 127.0.0.1, localhost or [::1]", example: example)
        }
        let port = authority.dropFirst(host.count + 1)
        guard authority.count == host.count || UInt16(port).map({ $0 > 0 }) == true else {
            throw mistake("has no valid port", expected: "a port from 1 to 65535", example: example)
        }
        return text
    }
}
