import Foundation
import Plan
import SecretFS
import SecretMemory
import TestSupport

/// A scratch directory on tmpfs with publishers for it.
struct Scratch {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(in: "/dev/shm") }

    func path(_ name: String) -> String { directory.file(name) }

    /// Publishes `/keeper/secrets` into `secrets` and `/app/tls` into `tls`.
    func publisher(ownership: Ownership = Ownership(), grace: Duration = .zero) throws -> TmpfsPublisher {
        TmpfsPublisher(
            directories: [
                PublishedDirectory(
                    mountPath: try AbsolutePath("/app/tls"), root: directory.path, below: ["tls"]),
                PublishedDirectory(
                    mountPath: try AbsolutePath("/keeper/secrets"), root: directory.path,
                    below: ["secrets"]),
            ], ownership: ownership, retirementGrace: grace)
    }
}

/// A generation of texts by path; relative ones lie in `/keeper/secrets`.
func generation(_ files: [String: String]) throws -> Generation {
    try Generation(
        files.map { path, text in
            GenerationFile(
                path: try AbsolutePath(path.hasPrefix("/") ? path : "/keeper/secrets/" + path),
                content: SecretBytes(text.utf8), origin: "secret-" + path)
        })
}

func absolute(_ paths: String...) throws -> [AbsolutePath] { try paths.map { try AbsolutePath($0) } }
