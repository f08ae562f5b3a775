import Plan

/// `auth-method`.
enum AuthMethod: String, CaseIterable {
    case secret
    case aws = "aws-secrets-manager"
    case gcp = "gcp-secret-manager"
    case azure = "azure-key-vault"

    /// The annotations that belong to it, the needed ones first.
    var annotations: (needed: [String], optional: [String]) {
        switch self {
        case .secret: ([], [])
        case .aws: (["aws-secret-id"], ["aws-region"])
        case .gcp: (["gcp-secret-id"], [])
        case .azure: (["azure-vault-name", "azure-secret-name"], [])
        }
    }
}

/// What the annotations say about the KSM configuration and the way to Keeper, while they are read.
struct SourceDraft {
    var method = AuthMethod.secret
    var configuration: String?
    /// `auth-secret`, the old name.
    var oldConfiguration: (annotation: Annotation, name: String)?
    /// Values of the clouds' annotations.
    var cloud: [String: String] = [:]
    var caSecret: String?
    var caConfigMap: String?
    var caKey: String?
    var proxy: String?
    var proxyExceptions: [String]?
}

extension Draft {
    mutating func configurationSource() -> ConfigurationSource? {
        warnOfOtherMethods()
        switch source.method {
        case .secret: return secretSource()
        case .aws, .gcp, .azure: return cloudSource()
        }
    }

    mutating func certificateAuthority() -> PodSettings.CertificateAuthority? {
        if let annotation = given["ca-cert-configmap"], given["ca-cert-secret"] != nil {
            report(
                annotation.mistake(
                    "contradicts \(Annotation.prefix)ca-cert-secret", expected: "one source of the CA alone"))
            return nil
        }
        let key = source.caKey ?? "ca.crt"
        if let name = source.caSecret { return .secret(name: name, key: key) }
        if let name = source.caConfigMap { return .configMap(name: name, key: key) }
        if let annotation = given["ca-cert-key"], given["ca-cert-secret"] == nil,
            given["ca-cert-configmap"] == nil
        {
            warn(annotation, "has no effect without ca-cert-secret or ca-cert-configmap")
        }
        return nil
    }

    mutating func proxySettings() -> ProxySettings? {
        if let url = source.proxy {
            return ProxySettings(
                url: url, exceptions: source.proxyExceptions ?? options.defaults.proxy?.exceptions ?? [])
        }
        guard var proxy = options.defaults.proxy else {
            if let annotation = given["no-proxy"] { warn(annotation, "has no effect without https-proxy") }
            return nil
        }
        if let exceptions = source.proxyExceptions { proxy.exceptions = exceptions }
        return proxy
    }

    /// Annotations of a method that is not used mislead who reads them.
    private mutating func warnOfOtherMethods() {
        for method in AuthMethod.allCases where method != source.method {
            for name in method.annotations.needed + method.annotations.optional {
                guard let annotation = given[name] else { continue }
                warn(
                    annotation,
                    "has no effect without \(Annotation.prefix)auth-method: \"\(method.rawValue)\"")
            }
        }
        if source.method != .secret, let annotation = given["ksm-config"] {
            warn(
                annotation,
                "has no effect with \(Annotation.prefix)auth-method: \"\(source.method.rawValue)\"")
        }
    }

    private mutating func secretSource() -> ConfigurationSource? {
        if let old = source.oldConfiguration {
            warn(old.annotation, "is the old name of \(Annotation.prefix)ksm-config, which should be used")
            if let configuration = source.configuration, configuration != old.name {
                report(
                    old.annotation.mistake(
                        "contradicts \(Annotation.prefix)ksm-config: \(quoted(configuration))",
                        expected: "ksm-config alone"))
            }
        }
        if let name = source.configuration ?? source.oldConfiguration?.name { return .secret(name: name) }
        // A pod's own name is there but wrong: that is told already.
        if hasMistake(about: "ksm-config") || hasMistake(about: "auth-secret") { return nil }
        if options.hasConfiguration { return .commandLine }
        if let name = options.defaults.authSecret { return .secret(name: name) }
        report(
            Mistake(
                annotation: Annotation.prefix + "ksm-config", problem: "is missing",
                expected:
                    "the Secret in the pod's namespace that holds the KSM configuration (key \"config\")",
                example: Annotation.prefix + "ksm-config: \"keeper-credentials\""))
        return nil
    }

    private mutating func cloudSource() -> ConfigurationSource? {
        var complete = true
        for name in source.method.annotations.needed where source.cloud[name] == nil {
            complete = false
            guard !hasMistake(about: name) else { continue }
            report(
                Mistake(
                    annotation: Annotation.prefix + name, problem: "is missing",
                    expected: "it is needed by auth-method: \"\(source.method.rawValue)\""))
        }
        guard complete else { return nil }
        let value = { [cloud = source.cloud] (name: String) in cloud[name] ?? "" }
        switch source.method {
        case .aws: return .aws(secretID: value("aws-secret-id"), region: source.cloud["aws-region"])
        case .gcp:
            let id = value("gcp-secret-id")
            return .gcp(secretID: id.contains("/versions/") ? id : id + "/versions/latest")
        case .azure: return .azure(vault: value("azure-vault-name"), secret: value("azure-secret-name"))
        case .secret: return nil
        }
    }
}
