import Foundation
import TestSupport

/// An authority and what it signs, made by OpenSSL, laid out as kubelet lays out a Secret volume:
/// `tls.crt -> ..data/tls.crt`, `..data -> ..GENERATION`.
final class CertificateVolume: Sendable {
    let directory: TemporaryDirectory

    /// - Parameter days: validity of the certificate; one that begins now and ends now has expired.
    init(days: Int = 30) throws {
        directory = try TemporaryDirectory()
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=test authority", "-keyout", directory.file("ca.key"), "-out",
            directory.file("ca.crt"))
        try renew(days: days)
        for name in ["tls.crt", "tls.key"] {
            try FileManager.default.createSymbolicLink(
                atPath: directory.file(name), withDestinationPath: "..data/" + name)
        }
    }

    var authority: String { directory.file("ca.crt") }
    var certificate: String { directory.file("tls.crt") }
    var key: String { directory.file("tls.key") }

    /// A new pair, swapped in as kubelet does it.
    func renew(days: Int = 30) throws {
        let generation = "..\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory.file(generation), withIntermediateDirectories: true)
        try sign(
            "localhost", days: days, certificate: directory.file(generation + "/tls.crt"),
            key: directory.file(generation + "/tls.key"))
        try swap(to: generation)
    }

    /// Points `..data` at a directory of the volume.
    func swap(to generation: String) throws {
        let link = directory.file("..data_tmp")
        try? FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: generation)
        guard rename(link, directory.file("..data")) == 0 else { throw POSIXError(.EIO) }
    }

    /// A certificate of this authority.
    func sign(_ name: String, days: Int = 30, certificate: String, key: String) throws {
        let request = directory.file("request.pem")
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", request)
        try openssl(
            "x509", "-req", "-in", request, "-CA", authority, "-CAkey", directory.file("ca.key"), "-days",
            String(days), "-copy_extensions", "copy", "-out", certificate)
    }
}

struct OpenSSLFailed: Error { let errors: String }

func openssl(_ arguments: String...) throws {
    let result = try run("/usr/bin/openssl", arguments)
    guard result.status == 0 else { throw OpenSSLFailed(errors: result.errors) }
}
