import SecretMemory

/// What Kubernetes wants of a Secret's `data` by its type, checked before it is asked.
enum SecretTypeRules {
    /// Kubernetes' own limit on a Secret.
    static let sizeLimit = 1 << 20

    /// Keys that a type needs; for `basic-auth` one of them is enough.
    static func keys(of type: String) -> [String] {
        switch type {
        case "kubernetes.io/tls": ["tls.crt", "tls.key"]
        case "kubernetes.io/dockerconfigjson": [".dockerconfigjson"]
        case "kubernetes.io/dockercfg": [".dockercfg"]
        case "kubernetes.io/basic-auth": ["username", "password"]
        case "kubernetes.io/ssh-auth": ["ssh-privatekey"]
        default: []
        }
    }

    static func problem(_ data: [String: SecretBytes], type: String) -> SecretProblem? {
        guard !data.isEmpty else { return .empty }
        let size = data.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
        guard size <= sizeLimit else { return .tooLarge(size: size) }
        let wanted = keys(of: type)
        let missing = wanted.filter { (data[$0]?.count ?? 0) == 0 }
        if type == "kubernetes.io/basic-auth" {
            return missing.count == wanted.count ? .missingKey(type: type, keys: wanted) : nil
        }
        if !missing.isEmpty { return .missingKey(type: type, keys: missing) }
        guard type == "kubernetes.io/dockerconfigjson" || type == "kubernetes.io/dockercfg" else {
            return nil
        }
        for key in wanted {
            guard let value = data[key],
                let document = try? JSONDocument(parsing: value, limits: JSONLimits(values: 100_000)),
                document.root.kind == .object
            else { return .malformedValue(type: type, key: key) }
        }
        return nil
    }
}
