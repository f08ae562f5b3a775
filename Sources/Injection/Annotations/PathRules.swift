import Plan

/// Which paths may be mounted over (contract, section 4).
enum PathRules {
    /// What is wrong with a path, and the way out.
    struct Objection {
        var problem: String
        var expected: String
    }

    /// Directories that an image cannot do without; a sub-directory is fine. The service account's is
    /// listed by both of its names, since /var/run is a link to /run in most images.
    private static let denied: Set<String> = [
        "/etc", "/usr", "/bin", "/sbin", "/proc", "/sys", "/dev", "/run", "/var", "/var/run", "/tmp",
        "/home", "/root", "/var/run/secrets/kubernetes.io/serviceaccount",
        "/run/secrets/kubernetes.io/serviceaccount",
    ]

    /// Why a directory may not be mounted; `nil` when it may.
    static func objection(toMounting directory: AbsolutePath?) -> Objection? {
        let text = directory?.description ?? "/"
        guard let directory, !denied.contains(text), !isLibraryDirectory(directory) else {
            let below = text == "/" ? "/keeper/secrets or /app/secrets" : text + "/keeper"
            return Objection(
                problem: "mounting secrets over \(text) would hide what the image has there",
                expected: "a directory of its own, as \(below)")
        }
        if text.contains(":") {
            return Objection(
                problem: "Kubernetes mounts no directory with ':' in its path (\(quoted(text)))",
                expected: "a directory without ':'")
        }
        return objectionToNames(of: directory)
    }

    /// Why a directory may not hold a folder's files; `nil` when it may.
    static func objection(toDirectory directory: AbsolutePath, secretsPath: AbsolutePath) -> Objection? {
        if directory == secretsPath { return nil }
        guard directory.relative(to: secretsPath) == nil else { return objectionToNames(of: directory) }
        if let objection = objection(toMounting: directory) { return objection }
        guard secretsPath.relative(to: directory) == nil else {
            return hidesSecretsPath(directory, secretsPath)
        }
        return nil
    }

    private static func hidesSecretsPath(_ directory: AbsolutePath, _ secretsPath: AbsolutePath) -> Objection
    {
        Objection(
            problem: "the directory \(quoted(directory.description)) would hide the secrets-path, "
                + quoted(secretsPath.description),
            expected: "a file below \(secretsPath), or the secrets-path \(directory)")
    }

    /// Why a file may not be written; `nil` when it may.
    static func objection(toFile file: AbsolutePath, secretsPath: AbsolutePath) -> Objection? {
        if file == secretsPath {
            return Objection(
                problem: "\(quoted(file.description)) is the secrets-path, a directory",
                expected: "a file in it")
        }
        if file.relative(to: secretsPath) == nil {
            if let objection = objection(toMounting: file.parent) { return objection }
            if let parent = file.parent, secretsPath.relative(to: parent) != nil {
                return hidesSecretsPath(parent, secretsPath)
            }
        }
        return objectionToNames(of: file)
    }

    /// `..data` and the generations beside it are the publisher's, as in kubelet's own volumes.
    private static func objectionToNames(of path: AbsolutePath) -> Objection? {
        guard let name = path.components.first(where: { $0.hasPrefix("..") }) else { return nil }
        return Objection(
            problem: "\(quoted(name)) begins with '..', as the injector's own names do",
            expected: "a path of other names")
    }

    /// `/lib*`.
    private static func isLibraryDirectory(_ directory: AbsolutePath) -> Bool {
        directory.components.count == 1 && directory.name.hasPrefix("lib")
    }

    /// The directories to be mounted for these files and folders: those outside `secretsPath`, none
    /// below another, in order, `secretsPath` last.
    static func directories(
        for files: [AbsolutePath], folders: [AbsolutePath], secretsPath: AbsolutePath
    ) -> [AbsolutePath] {
        let outside = (files.compactMap(\.parent) + folders).filter {
            $0 != secretsPath && $0.relative(to: secretsPath) == nil
        }
        let parents = Set(outside)
        let outermost = parents.filter { parent in
            !parents.contains { parent.relative(to: $0) != nil }
        }
        return outermost.sorted { $0.description < $1.description } + [secretsPath]
    }
}
