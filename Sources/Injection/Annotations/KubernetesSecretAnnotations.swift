import Plan

/// `inject-as-k8s-secret` and what belongs to it, for all records of the pod.
struct KubernetesSecretDraft {
    var isOn = false
    var name: String?
    var namespace: String?
    var mode = KubernetesSecret.Mode.overwrite
    var type: String?
    var rotates = true
    var hasOwner = true

    /// A Secret with these settings.
    func secret(named name: String) -> KubernetesSecret {
        var secret = KubernetesSecret(name: name)
        secret.namespace = namespace
        secret.mode = mode
        secret.rotates = rotates
        secret.hasOwner = hasOwner
        if let type { secret.type = type }
        return secret
    }

    /// A title as the name of an object: what the file name has beyond DNS is replaced.
    static func objectName(_ title: String) -> String {
        let name = fileName(forTitle: title) ?? ""
        let letters = name.utf8.map { byte -> Character in
            DNSName.isAlphanumeric(byte) || byte == UInt8(ascii: ".") ? Character(UnicodeScalar(byte)) : "-"
        }
        let labels = String(letters).split(separator: ".").map { label in
            String(label.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed())
        }
        return labels.filter { !$0.isEmpty }.joined(separator: ".")
    }
}

extension KnownAnnotation {
    static let kubernetesSecretRows = [
        KnownAnnotation("inject-as-k8s-secret") { annotation, draft throws(Mistake) in
            draft.kubernetesSecret.isOn = try annotation.boolean()
        },
        KnownAnnotation("k8s-secret-name") { annotation, draft throws(Mistake) in
            draft.kubernetesSecret.name = try annotation.objectName(
                what: "the name of the Secret to write", example: "app-secrets")
        },
        KnownAnnotation("k8s-secret-namespace") { annotation, draft throws(Mistake) in
            let name = annotation.trimmed
            guard DNSName.isLabel(name) else {
                throw annotation.mistake("is no name of a namespace", expected: "a namespace", example: "app")
            }
            draft.kubernetesSecret.namespace = name
        },
        KnownAnnotation("k8s-secret-mode") { annotation, draft throws(Mistake) in
            let word = try annotation.word(among: KubernetesSecret.Mode.allCases.map(\.rawValue))
            draft.kubernetesSecret.mode = KubernetesSecret.Mode(rawValue: word) ?? .overwrite
        },
        KnownAnnotation("k8s-secret-type") { annotation, draft throws(Mistake) in
            let text = try annotation.text(what: SecretType.expected, example: "Opaque")
            guard SecretType.isType(text) else {
                throw annotation.mistake(
                    "is no type of a Secret", expected: SecretType.expected, example: "Opaque")
            }
            draft.kubernetesSecret.type = text
        },
        KnownAnnotation("k8s-secret-rotation") { annotation, draft throws(Mistake) in
            draft.kubernetesSecret.rotates = try annotation.boolean()
        },
        KnownAnnotation("k8s-secret-owner-ref") { annotation, draft throws(Mistake) in
            draft.kubernetesSecret.hasOwner = try annotation.boolean()
        },
    ]
}

/// `type` of a Kubernetes Secret.
enum SecretType {
    static let expected =
        "Opaque, kubernetes.io/tls, kubernetes.io/dockerconfigjson, "
        + "kubernetes.io/basic-auth, kubernetes.io/ssh-auth, or a type of your own"

    static func isType(_ text: String) -> Bool {
        // Kubernetes makes these itself; a Secret written as one would be taken for its own.
        guard !["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"].contains(text) else {
            return false
        }
        return (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { DNSName.isAlphanumeric($0) || "-_./".utf8.contains($0) }
    }
}
