import Injection
import Plan
import TestSupport
import Testing

/// The table of the contract's section 1, group by group.
@Suite("The table of annotations")
struct AnnotationTableTests {
    private func parse(_ annotations: [String: String]) throws -> ParsedAnnotations {
        try AnnotationParserTests.parse(["secret": "a"].merging(annotations) { $1 })
    }

    private func plan(_ annotations: [String: String]) throws -> Plan {
        try #require(try parse(annotations).plan)
    }

    private func problems(_ annotations: [String: String]) throws -> [String] {
        try AnnotationParserTests.mistakes(["secret": "a"].merging(annotations) { $1 }).map(\.problem)
    }

    @Test("reads each value that is right")
    func right() throws {
        #expect(try plan(["backend": "fuse"]).backend == .fuse)
        #expect(try plan(["max-staleness": "2h"]).maxStaleness == .seconds(7200))
        #expect(try plan(["on-stale": "remove"]).onStale == .remove)
        #expect(try plan(["signal": "HUP"]).notification.signal == "SIGHUP")
        #expect(
            try plan(["signal": "SIGUSR1", "signal-containers": "app, web"]).notification.containers == [
                "app", "web",
            ])
        let url = "http://127.0.0.1:8080/-/reload"
        #expect(try plan(["reload-url": url]).notification.reloadURL == url)
        #expect(try plan(["metrics-port": "9102"]).metricsPort == 9102)
        #expect(try plan(["log-level": "debug"]).logLevel == "debug")
        #expect(try plan(["strict-templates": "true"]).strictTemplates)
        let settings = try parse([
            "containers": "app,", "run-as-user": "1000", "run-as-group": "2000", "file-mode": "0440",
            "mount-style": "file", "tmpfs-size": "16Mi", "sidecar-cpu-request": "10m",
            "sidecar-cpu-limit": "1",
            "sidecar-memory-limit": "64Mi",
        ]).settings
        #expect(settings.containers == ["app"])
        #expect(settings.runAsUser == 1000 && settings.runAsGroup == 2000)
        #expect(settings.fileMode == 0o440)
        #expect(settings.mountStyle == .file)
        #expect(settings.tmpfsSize == "16Mi")
        #expect(settings.resources.cpuRequest == "10m" && settings.resources.memoryLimit == "64Mi")
    }

    @Test(
        "refuses each value that is wrong",
        arguments: [
            ("backend", "disk", "is unknown"), ("signal", "SIGKILL", "is no signal that can be sent"),
            ("signal", "", "is empty"), ("max-staleness", "1s", "is too short"),
            ("on-stale", "delete", "is unknown"),
            ("reload-url", "http://10.0.0.1/x", "goes to another host than this pod's loopback"),
            ("reload-url", "https://127.0.0.1/x", "does not begin with http://"),
            (
                "reload-url", "http://127.0.0.1.evil.example/x",
                "goes to another host than this pod's loopback"
            ),
            ("reload-url", "http://127.0.0.1:80@evil/x", "is no plain URL"),
            ("reload-url", "http://localhost:99999/", "has no valid port"),
            ("run-as-user", "0", "is root"), ("run-as-user", "-1", "is no number"),
            ("run-as-group", "4294967296", "is out of range"), ("metrics-port", "80", "is out of range"),
            ("file-mode", "0777", "makes a secret executable"),
            ("file-mode", "0602", "lets others than the owner write"),
            ("file-mode", "4600", "sets set-user-id, set-group-id or sticky"),
            ("file-mode", "0040", "does not let the owner read"),
            ("file-mode", "rw", "is no octal mode"), ("tmpfs-size", "16 MB", "is no quantity above zero"),
            ("sidecar-cpu-limit", "0", "is no quantity above zero"), ("mount-style", "link", "is unknown"),
            ("log-level", "trace", "is unknown"), ("containers", "", "is empty"),
            ("containers", "a,,b", "entry 2 is empty"),
            ("containers", "App", "entry 1, \"App\", is wrong"),
            ("env-prefix", "1A", "cannot begin a variable's name"),
            ("k8s-secret-name", "App", "is no name of this kind"),
            ("k8s-secret-mode", "replace", "is unknown"),
            ("k8s-secret-type", "kubernetes.io/service-account-token", "is no type of a Secret"),
            ("folder-uid", "x", "is no uid"), ("folder", "A//B", "has an empty folder name"),
            (
                "https-proxy", "http://me:pw@proxy:3128",
                "holds credentials, which a pod's annotations are no place for"
            ),
            ("https-proxy", "proxy:3128", "is no proxy"), ("ca-cert-key", "a/b", "is no key"),
            ("gcp-secret-id", "ksm-config", "is wrong"), ("aws-region", "EU_1", "is wrong"),
        ])
    func wrong(name: String, value: String, problem: String) throws {
        let mistakes = try AnnotationParserTests.mistakes(["secret": "a", name: value])
        #expect(mistakes.map(\.problem) == [problem])
        #expect(mistakes.map(\.annotation) == ["keeper.security/" + name])
        #expect(mistakes.first?.expected != nil)
    }

    @Test("knows where the configuration comes from")
    func sources() throws {
        let aws = ["auth-method": "aws-secrets-manager", "aws-secret-id": "prod/ksm"]
        #expect(try plan(aws).configuration == .aws(secretID: "prod/ksm", region: nil))
        let gcp = ["auth-method": "gcp-secret-manager", "gcp-secret-id": "projects/p/secrets/s"]
        #expect(try plan(gcp).configuration == .gcp(secretID: "projects/p/secrets/s/versions/latest"))
        let azure = [
            "auth-method": "azure-key-vault", "azure-vault-name": "my-vault", "azure-secret-name": "s",
        ]
        #expect(try plan(azure).configuration == .azure(vault: "my-vault", secret: "s"))
        #expect(try problems(["auth-method": "azure-key-vault"]) == ["is missing", "is missing"])
        // Of another method: it misleads who reads it.
        #expect(
            try parse(["aws-secret-id": "x"]).warnings.map(\.message).contains {
                $0 == "has no effect without keeper.security/auth-method: \"aws-secrets-manager\""
            })
        #expect(try problems(["ca-cert-secret": "a", "ca-cert-configmap": "b"]).count == 1)
        #expect(
            try parse(["ca-cert-configmap": "ca"]).settings.certificateAuthority
                == .configMap(name: "ca", key: "ca.crt"))
        let proxy = try plan(["https-proxy": "http://proxy.example:3128/", "no-proxy": ".svc, 10.0.0.0/8"])
            .proxy
        #expect(proxy == ProxySettings(url: "http://proxy.example:3128", exceptions: [".svc", "10.0.0.0/8"]))
    }

    @Test("writes no file for what becomes variables or a Kubernetes Secret, unless it has a path")
    func otherWays() throws {
        let variables = try plan(["inject-env-vars": "true", "env-prefix": "DB_", "secret-x": "b:/app/x"])
        #expect(variables.selections.map(\.output) == [.noFile, .path(try AbsolutePath("/app/x"))])
        #expect(variables.selections.allSatisfy { $0.environment == EnvironmentVariables(prefix: "DB_") })
        let secret = try plan([
            "inject-as-k8s-secret": "true", "k8s-secret-name": "app", "k8s-secret-mode": "merge",
            "k8s-secret-rotation": "false",
        ])
        #expect(secret.selections.map(\.output) == [.noFile])
        let wanted = try #require(secret.selections.first?.kubernetesSecret)
        #expect(wanted.name == "app" && wanted.mode == .merge && !wanted.rotates && wanted.hasOwner)
        // Without a name the record gives it one.
        let named = try plan(["secret": "API Keys", "inject-as-k8s-secret": "true"])
        #expect(named.selections.first?.kubernetesSecret?.name == "api-keys")
    }

    @Test("takes files and folders")
    func filesAndFolders() throws {
        let plan = try plan([
            "file-cert": "TLS: x:tls.crt:/app/tls/tls.crt", "file-key": "TLS:tls.key",
            "folder": "Team/Databases",
            "file-note": "keeper://TLS/file/note.txt",
            "folder-path": "/app/all",
        ])
        #expect(plan.selections.map(\.target).contains(.attachment(record: "TLS: x", name: "tls.crt")))
        #expect(plan.selections.map(\.output).contains(.path(try AbsolutePath("/keeper/secrets/tls.key"))))
        #expect(plan.selections.map(\.output).contains(.path(try AbsolutePath("/keeper/secrets/note"))))
        #expect(plan.folders.map(\.folder) == [.path(["Team", "Databases"])])
        #expect(plan.directories.map(\.description) == ["/app/all", "/app/tls", "/keeper/secrets"])
        #expect(try problems(["file-x": "TLS"]) == ["names no file"])
        #expect(try problems(["file-x": "keeper://TLS/field/login"]) == ["selects no file"])
        #expect(
            try parse(["folder-path": "/x"]).warnings.map(\.message) == [
                "has no effect without folder or folder-uid"
            ])
    }

    @Test("tells what contradicts itself")
    func contradictions() throws {
        #expect(
            try problems(["init-only": "true", "backend": "fuse"]) == [
                "a FUSE mount is served as long as the pod runs"
            ])
        #expect(
            try problems(["sidecar-cpu-request": "1", "sidecar-cpu-limit": "500m"]) == [
                "is below the request, 1"
            ])
        #expect(try problems(["folder": "A", "folder-path": "/etc"]).count == 1)
        #expect(try problems(["secret-x": "a:/app/x", "folder": "A", "folder-path": "/app/x"]).count == 1)
    }
}
