import Plan
import SecretMemory
import Vault

/// Format `env`: `KEY=value` lines that a POSIX shell sources back to the very same bytes.
enum EnvFormat {
    /// In the order of the keys' bytes.
    static func file(of entries: [FieldMap.Entry]) throws(FormatProblem) -> SecretBytes {
        let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var buffer = SecretBuffer()
        var owners: [String: String] = [:]
        for entry in sorted {
            let name = variableName(for: entry.key)
            if let owner = owners.updateValue(entry.key, forKey: name) {
                throw FormatProblem(reason: .sameVariable(name, keys: [owner, entry.key]))
            }
            buffer.append(name)
            buffer.append("=")
            var value = SecretBuffer()
            RawFormat.append(entry.values.map(NotationValue.json), to: &value)
            try value.withUnsafeBytes { bytes throws(FormatProblem) in
                guard !bytes.contains(0) else { throw FormatProblem(reason: .nul(key: entry.key)) }
                appendWord(bytes, to: &buffer)
            }
            buffer.append("\n")
        }
        return buffer.finish()
    }

    /// Upper-cased, what is no letter, digit or `_` of ASCII becomes `_`, and a digit in front gets one
    /// (contract, section 6, name rule).
    static func variableName(for key: String) -> String {
        var name = ""
        for scalar in key.unicodeScalars {
            switch scalar {
            case "a"..."z": name += String(scalar).uppercased()
            case "A"..."Z", "0"..."9", "_": name.unicodeScalars.append(scalar)
            default: name += "_"
            }
        }
        guard let first = name.first else { return "_" }
        return first.isNumber ? "_" + name : name
    }

    /// Variables that a shell owns, keeps from being set, or is led by: sourcing them does not do what
    /// one thinks.
    static func warnings(for entries: [FieldMap.Entry]) -> [String] {
        entries.compactMap { entry in
            let name = variableName(for: entry.key)
            guard ownedByShells.contains(name) || name.hasPrefix("BASH_") || name.hasPrefix("LD_") else {
                return nil
            }
            return "field \(quoted(entry.key)) becomes the variable \(name), which means something to shells"
        }
    }

    private static let ownedByShells: Set<String> = [
        "_", "BASHOPTS", "BASHPID", "CDPATH", "COMP_WORDBREAKS", "DIRSTACK", "ENV", "EPOCHREALTIME",
        "EPOCHSECONDS", "EUID", "FUNCNAME", "GROUPS", "HISTCMD", "HOME", "IFS", "LINENO", "OPTARG", "OPTIND",
        "PATH", "PPID", "PS1", "PS2", "PS4", "PWD", "RANDOM", "SECONDS", "SHELLOPTS", "SRANDOM", "UID",
    ]

    /// A word of the shell; in single quotes, where all but the single quote stands for itself, whenever
    /// anything outside `[A-Za-z0-9_./:@%+,-]` occurs.
    static func appendWord(_ bytes: UnsafeRawBufferPointer, to buffer: inout SecretBuffer) {
        guard !bytes.allSatisfy(isPlain) else { return buffer.append(bytes) }
        buffer.append("'")
        for byte in bytes {
            if byte == UInt8(ascii: "'") {
                buffer.append("'\\''")
            } else {
                buffer.append(byte)
            }
        }
        buffer.append("'")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_./:@%+,-".utf8.contains(byte)
        }
    }
}
