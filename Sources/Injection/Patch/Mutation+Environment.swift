import Plan

/// What a pod must be, and what its author should know, where containers get environment variables
/// (contract, section 6).
extension Mutation {
    /// The launcher starts what `command` says. What an image starts by itself is known to its registry alone,
    /// which is not asked at admission.
    mutating func checkCommands() {
        for container in targets where container.command == nil {
            let image = container.image.map { quoted($0) } ?? "IMAGE"
            mistakes.append(
                Mistake(
                    annotation: Annotation.prefix + "inject-env-vars",
                    problem:
                        "container \(quoted(container.name)) has no command, and what its image starts is not "
                        + "known here",
                    expected:
                        "command and args in the pod, as `docker image inspect \(image)` shows Entrypoint and "
                        + "Cmd; or \(Annotation.prefix)containers without \(quoted(container.name)); or files",
                    example: "command: [\"/docker-entrypoint.sh\"], args: [\"serve\"]"))
        }
    }

    mutating func warnAboutEnvironment() {
        for container in targets {
            warnAboutOwnVariables(of: container)
            warnAboutReferences(of: container)
            let programs = container.programsBesideTheApp
            guard !programs.isEmpty else { continue }
            warnings.append(
                "container \(quoted(container.name)): \(programs.joined(separator: ", ")) exec a program, which does "
                    + "not see the injected environment variables")
        }
        warnAboutMissingSidecar()
    }

    /// The container's own variables win, but over those that envKeys names.
    private mutating func warnAboutOwnVariables(of container: PodContainer) {
        let own = container.environmentNames
        let replaced = own.filter(chosenNames.contains)
        if !replaced.isEmpty {
            warnings.append(
                "container \(quoted(container.name)): envKeys replaces its own \(Mutation.some(replaced))")
        }
        let kept = own.filter { name in !chosenNames.contains(name) && hasPrefix(name) }
        guard !kept.isEmpty else { return }
        warnings.append(
            "container \(quoted(container.name)) sets \(Mutation.some(kept)) itself, which wins over an injected "
                + "variable of that name; a name in envKeys replaces it")
    }

    private mutating func warnAboutReferences(of container: PodContainer) {
        let own = container.environmentNames
        let unset = container.references.filter { name in
            !own.contains(name)
                && (chosenNames.contains(name) || hasPrefix(name)
                    || (hasBarePrefix && !container.takesForeignEnvironment))
        }
        guard !unset.isEmpty else { return }
        warnings.append(
            "container \(quoted(container.name)): \(Mutation.some(unset.map { "$(\($0))" })) would have to be set in "
                + "the pod: injected variables come later; `sh -c` with $NAME sees them")
    }

    /// Variables alone need no sidecar, so nothing follows a change.
    private mutating func warnAboutMissingSidecar() {
        guard !writesFiles else { return }
        let idle = [
            ("signal", plan.notification.signal != nil), ("reload-url", plan.notification.reloadURL != nil),
        ].filter(\.1).map { Annotation.prefix + $0.0 }
        guard !idle.isEmpty else { return }
        warnings.append(
            "\(idle.joined(separator: ", ")): has no effect on a pod of environment variables alone: they are read "
                + "once, and a new pod gets new ones")
    }

    // MARK: Names

    private var environments: [EnvironmentVariables] { plan.selections.compactMap(\.environment) }

    /// Those of `envKeys`.
    private var chosenNames: Set<String> { Set(environments.flatMap { $0.names.map(\.name) }) }

    /// Whether a field could become this variable; not said of records without a prefix, where every name could.
    private func hasPrefix(_ name: String) -> Bool {
        environments.contains { !$0.prefix.isEmpty && name.hasPrefix($0.prefix) }
    }

    private var hasBarePrefix: Bool { environments.contains(where: \.prefix.isEmpty) }

    private static func some(_ names: [String]) -> String {
        names.prefix(5).map { quoted($0) }.joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}
