package import KeeperCrypto
package import Plan

/// What is wrong with a KSM configuration or a one-time token: which key, never its value.
package enum ConfigurationError: ExplainedError, Equatable {
    case empty
    case neitherJSONNorBase64
    case notJSON(reason: String)
    case notAnObject
    /// It holds a one-time token that was not exchanged yet.
    case unbound
    case missing(key: String)
    case notText(key: String)
    case notBase64(key: String)
    case wrongSize(key: String, size: Int, expected: Int)
    case badKey(key: String, reason: CryptoError)
    case malformedServerKeyID
    case unknownServerKey(id: String)
    case badHostname(String, reason: String)
    /// A one-time token of another form than `REGION:TOKEN`.
    case badToken(reason: String)

    package var message: String {
        switch self {
        case .empty: "the KSM configuration is empty"
        case .neitherJSONNorBase64: "the KSM configuration is neither JSON nor base64 of it"
        case .notJSON(let reason): "the KSM configuration is not JSON: \(reason)"
        case .notAnObject: "the KSM configuration is JSON, but not an object"
        case .unbound: "the KSM configuration holds a one-time token that is not bound yet"
        case .missing(let key): "the KSM configuration lacks '\(key)'"
        case .notText(let key): "'\(key)' of the KSM configuration is not a string"
        case .notBase64(let key): "'\(key)' of the KSM configuration is not base64"
        case .wrongSize(let key, let size, let expected):
            "'\(key)' of the KSM configuration has \(size) bytes, not \(expected)"
        case .badKey(let key, let reason): "'\(key)' of the KSM configuration is \(reason)"
        case .malformedServerKeyID:
            "'serverPublicKeyId' of the KSM configuration is not a decimal number"
        case .unknownServerKey(let id):
            "'serverPublicKeyId' of the KSM configuration is \(id), which is none of Keeper's keys 1 to 18"
        case .badHostname(let name, let reason):
            "'hostname' of the KSM configuration, '\(printable(name, limit: 100))', \(reason)"
        case .badToken(let reason): "the one-time token \(reason)"
        }
    }

    package var hint: String? {
        switch self {
        case .unbound: "bind it first: keeper-injector bind TOKEN"
        case .unknownServerKey: "give 'serverPublicKey' too, or take another 'serverPublicKeyId'"
        case .badHostname: "a host with or without a port is expected, as in 'keepersecurity.com'"
        case .badToken: "Keeper shows it as 'US:…' when a device is added to the KSM application"
        default: "add a device to the KSM application in Keeper's vault and use its configuration as it is"
        }
    }

    package var exitCode: CommandStatus { .configuration }
}
