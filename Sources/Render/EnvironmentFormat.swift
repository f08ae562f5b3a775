import Plan
package import SecretMemory
import Vault

/// One variable of the app's environment.
package struct EnvironmentEntry: Sendable {
    package let name: String
    package let value: SecretBytes
    /// `envKeys` names it: it takes the place of one that the container has already.
    package let replaces: Bool
    /// Where it comes from, for messages: `secret, record "db", field "login"`.
    package let origin: String
}

/// The variables of a pod's containers.
package struct RenderedEnvironment: Sendable {
    /// In the order of the selections and fields, each name once.
    package let entries: [EnvironmentEntry]
    package let warnings: [RenderWarning]

    package var names: [String] { entries.map(\.name) }

    /// The file that the launcher reads. The format, whose reader is `Launcher.EnvironmentFile`:
    ///
    ///     "keeper-environment 1\n"
    ///     for each variable: "D" (default) or "R" (replaces), NAME, "=", value, NUL
    ///     "."
    package var file: SecretBytes {
        var buffer = SecretBuffer()
        buffer.append("keeper-environment 1\n")
        for entry in entries {
            buffer.append(entry.replaces ? "R" : "D")
            buffer.append(entry.name)
            buffer.append("=")
            buffer.append(entry.value)
            buffer.append(0)
        }
        buffer.append(".")
        return buffer.finish()
    }

    /// For people: as a shell would set them.
    package var shellText: SecretBytes {
        var buffer = SecretBuffer()
        for entry in entries {
            buffer.append(entry.name)
            buffer.append("=")
            entry.value.withUnsafeBytes { EnvFormat.appendWord($0, to: &buffer) }
            buffer.append("\n")
        }
        return buffer.finish()
    }

    /// No variables: for a pod that starts without secrets.
    package static let empty = RenderedEnvironment(entries: [], warnings: [])
}
