/// Where the KSM configuration comes from.
extension KnownAnnotation {
    static let configurationRows = [
        KnownAnnotation("ksm-config") { annotation, draft throws(Mistake) in
            draft.configuration = try annotation.secretName()
        },
        KnownAnnotation("auth-secret") { annotation, draft throws(Mistake) in
            draft.oldConfiguration = (annotation, try annotation.secretName())
        },
        KnownAnnotation("auth-method") { annotation, _ throws(Mistake) in
            try annotation.requireAvailable(
                "secret", later: ["aws-secrets-manager", "gcp-secret-manager", "azure-key-vault"])
        },
    ]
}

extension Annotation {
    /// The name of a Kubernetes Secret: a DNS subdomain (RFC 1123).
    fileprivate func secretName() throws(Mistake) -> String {
        let what = "the name of a Secret in the pod's namespace: at most 253 of a-z, 0-9, '-' and '.'"
        let name = try text(what: what, example: "keeper-credentials")
        let allowed = Array("abcdefghijklmnopqrstuvwxyz0123456789-.")
        if let wrong = name.enumerated().first(where: { !allowed.contains($0.element) }) {
            throw mistake(
                "is no name of a Secret", at: wrong.offset + leadingSpace, expected: what,
                example: "keeper-credentials")
        }
        // Each label begins and ends with a letter or a digit.
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") }) else {
            throw mistake("is no name of a Secret", expected: what, example: "keeper-credentials")
        }
        guard name.utf8.count <= 253 else {
            throw mistake("is too long for a name", expected: what, example: "keeper-credentials")
        }
        return name
    }

    /// For an annotation that has one possible value today.
    func requireAvailable(_ available: String, later: [String]) throws(Mistake) {
        let value = trimmed
        guard value != available else { return }
        let problem = later.contains(value) ? "is not available in this version" : "is unknown"
        throw mistake(problem, expected: "\"\(available)\"", example: available)
    }
}
