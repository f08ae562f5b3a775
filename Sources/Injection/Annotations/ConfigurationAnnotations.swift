import Plan

/// Where the KSM configuration comes from.
extension KnownAnnotation {
    static let configurationRows = [
        KnownAnnotation("ksm-config") { annotation, draft throws(Mistake) in
            draft.source.configuration = try annotation.secretName()
            draft.given["ksm-config"] = annotation
        },
        KnownAnnotation("auth-secret") { annotation, draft throws(Mistake) in
            draft.source.oldConfiguration = (annotation, try annotation.secretName())
        },
        KnownAnnotation("auth-method") { annotation, draft throws(Mistake) in
            let word = try annotation.word(among: AuthMethod.allCases.map(\.rawValue))
            draft.source.method = AuthMethod(rawValue: word) ?? .secret
        },
        cloud("aws-secret-id", "a secret's id or ARN", "prod/keeper/ksm-config"),
        cloud("aws-region", "an AWS region", "eu-central-1") { name in
            name.utf8.count <= 32 && DNSName.isLabel(name)
        },
        cloud("gcp-secret-id", "projects/P/secrets/S[/versions/V]", "projects/my-project/secrets/ksm-config")
        {
            let parts = $0.split(separator: "/", omittingEmptySubsequences: false)
            return (parts.count == 4 || parts.count == 6 && parts[4] == "versions") && parts[0] == "projects"
                && parts[2] == "secrets" && parts.allSatisfy { !$0.isEmpty }
        },
        cloud("azure-vault-name", "a vault's name: 3 to 24 letters, digits and '-'", "my-vault") {
            (3...24).contains($0.utf8.count)
                && $0.utf8.allSatisfy { DNSName.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        },
        cloud("azure-secret-name", "a secret's name: up to 127 letters, digits and '-'", "ksm-config") {
            $0.utf8.count <= 127
                && $0.utf8.allSatisfy { DNSName.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        },
        KnownAnnotation("ca-cert-secret") { annotation, draft throws(Mistake) in
            draft.given["ca-cert-secret"] = annotation
            draft.source.caSecret = try annotation.objectName(
                what: "the name of a Secret in the pod's namespace", example: "corporate-ca")
        },
        KnownAnnotation("ca-cert-configmap") { annotation, draft throws(Mistake) in
            draft.given["ca-cert-configmap"] = annotation
            draft.source.caConfigMap = try annotation.objectName(
                what: "the name of a ConfigMap in the pod's namespace", example: "corporate-ca")
        },
        KnownAnnotation("ca-cert-key") { annotation, draft throws(Mistake) in
            draft.given["ca-cert-key"] = annotation
            let what = "a key of the Secret or ConfigMap: letters, digits, '-', '_' and '.'"
            let key = try annotation.text(what: what, example: "ca.crt")
            guard key.utf8.count <= 253, key != ".", key != "..",
                key.utf8.allSatisfy({ DNSName.isAlphanumeric($0) || "-_.".utf8.contains($0) })
            else { throw annotation.mistake("is no key", expected: what, example: "ca.crt") }
            draft.source.caKey = key
        },
        KnownAnnotation("https-proxy") { annotation, draft throws(Mistake) in
            draft.source.proxy = try annotation.proxyURL()
        },
        KnownAnnotation("no-proxy") { annotation, draft throws(Mistake) in
            draft.given["no-proxy"] = annotation
            draft.source.proxyExceptions = try annotation.list(
                what: "hosts and domains, separated by commas", example: "10.0.0.0/8, .svc, example.com")
        },
    ]

    /// A value of a cloud's secret store, kept until the method is known.
    private static func cloud(
        _ name: String, _ what: String, _ example: String,
        check: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> KnownAnnotation {
        KnownAnnotation(name) { annotation, draft throws(Mistake) in
            draft.given[name] = annotation
            let text = try annotation.text(what: what, example: example)
            guard text.utf8.count <= 2048, check(text) else {
                throw annotation.mistake("is wrong", expected: what, example: example)
            }
            draft.source.cloud[name] = text
        }
    }
}

extension DNSName {
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension Annotation {
    fileprivate func secretName() throws(Mistake) -> String {
        try objectName(
            what: "the name of a Secret in the pod's namespace: at most 253 of a-z, 0-9, '-' and '.'",
            example: "keeper-credentials")
    }

    /// `http://HOST:PORT`, without credentials: a pod's annotations are no place for them.
    fileprivate func proxyURL() throws(Mistake) -> String {
        let what = "http://HOST:PORT or https://HOST:PORT"
        let example = "http://proxy.example:3128"
        let text = try text(what: what, example: example)
        guard let url = ProxySettings.checked(text) else {
            throw mistake(
                text.contains("@")
                    ? "holds credentials, which a pod's annotations are no place for" : "is no proxy",
                expected: what, example: example)
        }
        return url
    }
}

extension ProxySettings {
    /// The URL, when it names a scheme, a host and maybe a port, and nothing else.
    package static func checked(_ text: String) -> String? {
        let url = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let scheme = ["http://", "https://"].first(where: url.lowercased().hasPrefix),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let rest = url.dropFirst(scheme.count)
        guard !rest.isEmpty, !rest.contains(where: { "@/?#".contains($0) }) else { return nil }
        let afterHost = rest.hasPrefix("[") ? rest.drop { $0 != "]" }.dropFirst() : rest.drop { $0 != ":" }
        guard afterHost.count < rest.count else { return nil }
        guard afterHost.isEmpty || afterHost.hasPrefix(":") && (UInt16(afterHost.dropFirst()) ?? 0) > 0 else {
            return nil
        }
        return url
    }
}
