import Glibc
import Plan

/// The certificate authorities to trust: the system's, and one file more.
///
/// A directory of hashed names is preferred to a bundle: OpenSSL then reads the one file that it needs,
/// and not some 140 certificates into the memory of every pod.
struct TrustStore: Equatable {
    /// CURLOPT_CAINFO.
    var file: String?
    /// CURLOPT_CAPATH.
    var directory: String?
    /// CURLOPT_CAINFO_BLOB, in place of `file`: the system's bundle with the extra file behind it.
    var blob: [UInt8]?

    /// - Parameters:
    ///   - extra: a PEM file, added to the system's authorities.
    ///   - environment: `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured, as by OpenSSL itself.
    /// - Throws: `KeeperError.authorities` when the extra file is no PEM file of certificates.
    init(extra: String?, environment: (String) -> String? = environmentVariable) throws(KeeperError) {
        directory = environment("SSL_CERT_DIR") ?? TrustStore.hashedDirectory
        let named = environment("SSL_CERT_FILE")
        file = named ?? (directory == nil ? TrustStore.bundle : nil)
        guard let extra else { return }
        let certificates = try TrustStore.read(extra)
        if let system = file {
            // A bundle that cannot be read is as good as none; the directory may still do.
            blob = (readFile(system, limit: 16 << 20) ?? []) + [0x0A] + certificates
            file = nil
        } else {
            file = extra
        }
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

    private static var bundle: String? {
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
