import Glibc

/// Where the API server is, and as whom to come.
package struct KubeConfiguration: Sendable {
    /// `https://HOST:PORT`, without a slash at the end.
    package var server: String
    /// The bearer token, which kubelet replaces every hour or so.
    package var tokenFile: String
    /// PEM; the only authorities that are trusted.
    package var caFile: String

    package static let directory = "/var/run/secrets/kubernetes.io/serviceaccount"

    package init(server: String, tokenFile: String, caFile: String) {
        self.server = server
        self.tokenFile = tokenFile
        self.caFile = caFile
    }

    /// What Kubernetes tells every pod, but for what is given.
    package init(server: String?, tokenFile: String?, caFile: String?) throws(KubeError) {
        let address: String
        if let server {
            address = try KubeConfiguration.checked(server)
        } else {
            address = try KubeConfiguration.inCluster()
        }
        self.init(
            server: address,
            tokenFile: tokenFile ?? KubeConfiguration.directory + "/token",
            caFile: caFile ?? KubeConfiguration.directory + "/ca.crt")
    }

    /// The token is sent there: never over plain HTTP.
    private static func checked(_ server: String) throws(KubeError) -> String {
        guard server.hasPrefix("https://"), server.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .configuration("the address of the Kubernetes API does not begin with https://")
        }
        return server.hasSuffix("/") ? String(server.dropLast()) : server
    }

    private static func inCluster() throws(KubeError) -> String {
        guard let host = getenv("KUBERNETES_SERVICE_HOST").map({ String(cString: $0) }), !host.isEmpty else {
            throw .configuration("the address of the Kubernetes API is not known")
        }
        let port = getenv("KUBERNETES_SERVICE_PORT").map { String(cString: $0) } ?? "443"
        return try checked("https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
    }

    /// The namespace of this pod; `nil` outside of one.
    package static var ownNamespace: String? {
        guard let file = fopen(directory + "/namespace", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, file)
        let name = String(decoding: bytes[..<count].filter { $0 > 0x20 }, as: UTF8.self)
        return name.isEmpty ? nil : name
    }
}
