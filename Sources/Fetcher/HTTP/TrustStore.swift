import Glibc
import Plan

/// The certificate authorities to trust: the system's, and one file more.
///
/// A directory of hashed names is preferred to a bundle: OpenSSL then reads the one file that it needs,
/// and not some 140 certificates into the memory of every pod. Where there is only a bundle, and an extra
/// file too, the bundle is read once the extra file did not do: what is trusted is the same.
struct TrustStore: Equatable {
    /// The system's authorities in one file.
    let bundle: String?
    /// The file to add to them.
    let extra: String?
    /// The system's authorities as a directory of hashed names; CURLOPT_CAPATH.
    let directory: String?

    /// - Parameters:
    ///   - extra: a PEM file, added to the system's authorities.
    ///   - environment: `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured, as by OpenSSL itself.
    /// - Throws: `KeeperError.authorities` when the extra file is no PEM file of certificates.
    init(extra: String?, environment: (String) -> String? = environmentVariable) throws(KeeperError) {
        directory = environment("SSL_CERT_DIR") ?? TrustStore.hashedDirectory
        bundle = environment("SSL_CERT_FILE") ?? (directory == nil ? TrustStore.usualBundle : nil)
        self.extra = extra
        if let extra { _ = try TrustStore.read(extra) }
    }

    /// Whether `everything` holds more than `extra` and `directory`.
    var hasMore: Bool { bundle != nil && extra != nil }

    /// Bundle and extra file, one behind the other, for CURLOPT_CAINFO_BLOB.
    var everything: [UInt8] {
        // A file that cannot be read is as good as none: the others may still do.
        [bundle, extra].flatMap { $0.flatMap { readFile($0, limit: 16 << 20) } ?? [] + [0x0A] }
    }

    private static var hashedDirectory: String? {
        let path = "/etc/ssl/certs"
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            // As `openssl rehash` names its links: 8 hexadecimal digits, a dot, a number.
            if name.count == 10, name[8] == UInt8(ascii: "."), name[9] == UInt8(ascii: "0") { return path }
        }
        return nil
    }

    private static var usualBundle: String? {
        [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ].first { access($0, R_OK) == 0 }
    }

    private static func read(_ path: String) throws(KeeperError) -> [UInt8] {
        guard let bytes = readFile(path, limit: 4 << 20) else {
            throw .authorities(path: path, reason: String(cString: strerror(errno)))
        }
        guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw .authorities(path: path, reason: "it holds no certificate in PEM form")
        }
        return bytes
    }
}

/// The value of an environment variable, unless it is empty.
func environmentVariable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}

/// The first `limit` bytes of a file that is no secret; `nil` and errno when it cannot be read.
private func readFile(_ path: String, limit: Int) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while bytes.count < limit {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return ferror(file) == 0 ? bytes : nil
}
