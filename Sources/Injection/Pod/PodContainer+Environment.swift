import JSONText

/// What matters where a container gets environment variables. Read leniently: what the API server refuses
/// anyway is none of ours.
extension PodContainer {
    /// As it is written; `nil` where it is missing.
    var image: String? { view.member("image")?.value.string }

    /// Names of the variables that the pod itself sets.
    var environmentNames: [String] {
        var names: [String] = []
        view.member("env")?.value.forEach { variable in
            if let name = variable.member("name")?.value.string { names.append(name) }
        }
        return names
    }

    /// Whether it has variables whose names are not known here.
    var takesForeignEnvironment: Bool {
        var found = false
        view.member("envFrom")?.value.forEach { _ in found = true }
        return found
    }

    /// Probes and hooks that run a program in the container, as they are written: `livenessProbe`.
    var programsBesideTheApp: [String] {
        var names: [String] = []
        for name: StaticString in ["livenessProbe", "readinessProbe", "startupProbe"]
        where view.member(name)?.value.runsProgram == true { names.append("\(name)") }
        if let lifecycle = view.member("lifecycle")?.value {
            for name: StaticString in ["postStart", "preStop"]
            where lifecycle.member(name)?.value.runsProgram == true { names.append("\(name)") }
        }
        return names
    }

    /// Names in `$(NAME)` of command, args and the values of variables, each once, in order. Kubelet puts
    /// their values there before any process of the container runs.
    var references: [String] {
        var names: [String] = []
        for key: StaticString in ["command", "args"] {
            view.member(key)?.value.forEach { word in
                if let text = word.string { VariableReferences.append(of: text, to: &names) }
            }
        }
        view.member("env")?.value.forEach { variable in
            if let text = variable.member("value")?.value.string {
                VariableReferences.append(of: text, to: &names)
            }
        }
        return names
    }
}

extension JSONView {
    fileprivate var runsProgram: Bool { member("exec")?.value.kind == .object }
}

/// `$(NAME)`, as Kubernetes expands it; `$$(NAME)` stands for itself.
enum VariableReferences {
    static func append(of text: String, to names: inout [String]) {
        var rest = text.utf8[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[rest.index(after: dollar)...]
            guard let next = rest.first else { return }
            if next == UInt8(ascii: "$") {
                rest = rest.dropFirst()
                continue
            }
            guard next == UInt8(ascii: "("), let end = rest.firstIndex(of: UInt8(ascii: ")")) else {
                continue
            }
            let name = String(decoding: rest[rest.index(after: rest.startIndex)..<end], as: UTF8.self)
            if !name.isEmpty, !names.contains(name) { names.append(name) }
            rest = rest[rest.index(after: end)...]
        }
    }
}
