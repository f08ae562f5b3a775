import Glibc

/// Why the app could not be started. No text of it holds a value.
package enum LauncherError: Error {
    case usage
    /// The environment file cannot be opened or read.
    case unreadable(path: String, code: Int32)
    case malformed(path: String, EnvironmentFile.Damage)
    /// Found neither as a path nor in PATH.
    case noCommand(String, searched: Bool)
    /// There, and cannot be executed.
    case notExecutable(String, code: Int32)

    /// 127 and 126 as shells have them for a command; 125 for the launcher itself, as env(1).
    package var exitCode: Int32 {
        switch self {
        case .usage, .unreadable, .malformed: 125
        case .notExecutable: 126
        case .noCommand: 127
        }
    }

    package var message: String {
        switch self {
        case .usage: "usage: keeper-injector-exec FILE -- COMMAND [ARGUMENT…]"
        case .unreadable(let path, let code):
            "the environment file '\(path)' cannot be read: \(String(cString: strerror(code)))"
        case .malformed(let path, let damage): "the environment file '\(path)' \(damage.description)"
        case .noCommand(let name, let searched):
            "'\(name)' is not found" + (searched ? " in PATH" : "")
        case .notExecutable(let name, ENOEXEC):
            "'\(name)' cannot be executed: it is neither a program for this machine nor a script with a #! line"
        case .notExecutable(let name, ENOENT):
            "'\(name)' cannot be executed: it is there, but not the interpreter or loader that it names"
        case .notExecutable(let name, E2BIG):
            "'\(name)' cannot be executed: its arguments and environment together are too large for the kernel"
        case .notExecutable(let name, let code):
            "'\(name)' cannot be executed: \(String(cString: strerror(code)))"
        }
    }

    /// What to do next.
    package var hint: String {
        switch self {
        case .usage: "the webhook writes this command; look at the pod's spec"
        case .unreadable(_, ENOENT):
            "keeper-injector's first container writes it: see `kubectl logs POD -c keeper-secrets-init`, or "
                + "-c keeper-secrets-sidecar with backend fuse or on-stale remove; deleting the pod starts anew"
        case .unreadable(_, EACCES):
            "uid \(geteuid()) of this container may not: set the annotation keeper.security/run-as-user to it, "
                + "or leave file-mode out"
        case .unreadable, .malformed: "delete the pod, so that it is written anew"
        case .noCommand:
            "correct the container's command in the pod's spec; a relative path starts at workingDir"
        case .notExecutable(_, E2BIG): "inject fewer or shorter variables, or take files"
        case .notExecutable: "correct the container's command in the pod's spec, or the image"
        }
    }
}

extension EnvironmentFile.Damage {
    fileprivate var description: String {
        switch self {
        case .notAFile: "is no regular file"
        case .tooLarge: "is larger than \(EnvironmentFile.largest) bytes"
        case .truncated: "is cut off"
        case .otherFormat: "is none that this version of the launcher reads"
        case .tooMany: "holds too many variables"
        case .wrongEntry(let position): "is damaged at byte \(position)"
        }
    }
}

/// What a message may show of text from outside: at most 256 bytes, without control characters.
func printable(_ text: UnsafePointer<CChar>) -> String {
    let bytes = UnsafeRawBufferPointer(start: text, count: min(strlen(text), 256))
    var shown = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        shown.unicodeScalars.append(isControl ? "?" : scalar)
    }
    return shown
}
