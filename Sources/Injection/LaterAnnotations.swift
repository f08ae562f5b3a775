/// Annotations of the documents that this version cannot carry out: asking for one is a mistake that is
/// told, never something that is left out silently.
extension KnownAnnotation {
    static let laterRows = later.map { name in
        KnownAnnotation(name) { annotation, _ throws(Mistake) in
            throw annotation.mistake(
                "is not available in this version", expected: "a pod without this annotation")
        }
    }

    private static let later = [
        "aws-region", "aws-secret-id", "azure-secret-name", "azure-vault-name", "ca-cert-configmap",
        "ca-cert-key", "ca-cert-secret", "config", "containers", "env-prefix", "file-", "file-mode",
        "folder", "folder-path", "folder-uid", "gcp-secret-id", "https-proxy", "inject-as-k8s-secret",
        "inject-env-vars", "k8s-secret-mode", "k8s-secret-name", "k8s-secret-namespace",
        "k8s-secret-owner-ref", "k8s-secret-rotation", "k8s-secret-type", "log-level", "max-staleness",
        "metrics-port", "mount-style", "no-proxy", "on-stale", "reload-url", "run-as-group", "run-as-user",
        "sidecar-cpu-limit", "sidecar-cpu-request", "sidecar-memory-limit", "sidecar-memory-request",
        "signal", "signal-containers", "strict-templates", "tmpfs-size",
    ]
}
