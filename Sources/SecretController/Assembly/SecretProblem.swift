import Fetcher
package import Plan
package import Vault

/// Why a Secret cannot be as it was asked for. It holds names alone, no value.
package enum SecretProblem: ExplainedError, Equatable {
    case lookup(LookupError)
    case attachment(KeeperFailure)
    /// The name of a field or record of which no name of Kubernetes can be made.
    case name(String)
    /// Two fields or files for one key.
    case sameKey(String)
    /// Two selections want one Secret in different ways.
    case contradiction(String)
    /// What the type needs.
    case missingKey(type: String, keys: [String])
    case malformedValue(type: String, key: String)
    case tooLarge(size: Int)
    case empty
    /// The mode `fail`.
    case exists
    /// The type of a Secret cannot be changed.
    case otherType(has: String, wanted: String)
    case immutable
    case beingDeleted

    /// An attachment's failure, as a text that holds no address.
    package struct KeeperFailure: Equatable, Sendable {
        package var message: String
    }

    package var message: String {
        switch self {
        case .lookup(let error): error.message
        case .attachment(let failure): failure.message
        case .name(let name): "'\(printable(name, limit: 100))' cannot be a name in Kubernetes"
        case .sameKey(let key): "two values want the key '\(printable(key, limit: 100))'"
        case .contradiction(let what): "two selections want this Secret with different \(what)"
        case .missingKey(let type, let keys):
            "a Secret of type \(printable(type)) needs \(keys.joined(separator: " or "))"
        case .malformedValue(let type, let key):
            "'\(key)' is not what a Secret of type \(printable(type)) needs"
        case .tooLarge(let size): "it would have \(size >> 10) KiB, and a Secret has at most 1024"
        case .empty: "nothing would be in it"
        case .exists: "it exists already, and was not written by keeper-injector"
        case .otherType(let has, let wanted):
            "it exists with type \(printable(has)), not \(printable(wanted))"
        case .immutable: "it exists and is immutable"
        case .beingDeleted: "it is being deleted"
        }
    }

    package var hint: String? {
        switch self {
        case .lookup(let error): error.hint
        case .attachment, .beingDeleted: nil
        case .name, .sameKey: "name the keys in the annotation config: k8sSecretKeys: {FIELD: KEY}"
        case .contradiction: "give each its own k8sSecretName"
        case .missingKey:
            "name a field's or attachment's key in the annotation config: k8sSecretKeys: {FIELD-OR-FILE: KEY}"
        case .malformedValue: "the field or attachment has to hold a JSON object"
        case .tooLarge: "select less with k8sSecretKeys, or use files"
        case .empty: "the record has no field"
        case .exists: "choose another k8s-secret-name, or k8s-secret-mode: \"merge\" or \"overwrite\""
        case .otherType: "delete the Secret, or ask for its type with k8s-secret-type"
        case .immutable: "delete the Secret"
        }
    }

    package var exitCode: CommandStatus { .failed }
}
