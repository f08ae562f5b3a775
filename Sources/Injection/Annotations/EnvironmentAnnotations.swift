import Plan

/// `inject-env-vars` and `env-prefix`, which hold for all records of the pod.
struct EnvironmentDraft {
    var isOn = false
    var prefix: String?
}

extension KnownAnnotation {
    static let environmentRows = [
        KnownAnnotation("inject-env-vars") { annotation, draft throws(Mistake) in
            draft.environment.isOn = try annotation.boolean()
        },
        KnownAnnotation("env-prefix") { annotation, draft throws(Mistake) in
            let prefix = annotation.trimmed
            guard EnvironmentName.isPrefix(prefix) else {
                throw annotation.mistake(
                    "cannot begin a variable's name", expected: EnvironmentName.expected, example: "DB_")
            }
            draft.environment.prefix = prefix
        },
    ]
}

/// Names of environment variables (POSIX 8.1).
enum EnvironmentName {
    static let expected = "letters, digits and '_', no digit first"

    static func isPrefix(_ text: String) -> Bool { text.isEmpty || isName(text) }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.count <= 256
            && text.utf8.allSatisfy { DNSName.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
    }
}

extension DraftSelection {
    /// What `inject-env-vars` and `inject-as-k8s-secret` ask of every whole record. Such a record is not
    /// written as a file too, unless it has a path of its own (contract, section 1).
    mutating func applyPodWide(_ environment: EnvironmentDraft, _ secret: KubernetesSecretDraft) {
        guard case .record = selection.target else { return }
        if environment.isOn, selection.environment == nil, !declinesEnvironment {
            selection.environment = EnvironmentVariables(prefix: environment.prefix ?? "")
        }
        if secret.isOn, selection.kubernetesSecret == nil, !declinesKubernetesSecret {
            selection.kubernetesSecret = secret.secret(named: secret.name ?? recordName)
        }
        if !hasOwnPath, selection.environment != nil || selection.kubernetesSecret != nil {
            selection.output = .noFile
        }
    }

    /// The record's name as that of an object.
    var recordName: String {
        guard case .record(let title) = selection.target else { return "" }
        return KubernetesSecretDraft.objectName(title)
    }
}
