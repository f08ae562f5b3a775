import Plan

/// How the agent behaves.
extension KnownAnnotation {
    static let behaviourRows = [
        KnownAnnotation("backend") { annotation, _ throws(Mistake) in
            try annotation.requireAvailable("tmpfs", later: ["fuse"])
        },
        KnownAnnotation("secrets-path") { annotation, draft throws(Mistake) in
            draft.secretsPath = try annotation.directory()
        },
        KnownAnnotation("refresh-interval") { annotation, draft throws(Mistake) in
            draft.refreshInterval = try annotation.duration(
                atLeast: draft.options.minimumRefreshInterval, example: "5m")
        },
        KnownAnnotation("init-only") { annotation, draft throws(Mistake) in
            draft.initOnly = try annotation.boolean()
        },
        KnownAnnotation("fail-on-error") { annotation, draft throws(Mistake) in
            draft.failOnError = try annotation.boolean()
        },
        KnownAnnotation("init-timeout") { annotation, draft throws(Mistake) in
            draft.initTimeout = try annotation.duration(atLeast: .seconds(1), example: "60s")
        },
        KnownAnnotation("strict-lookup") { annotation, draft throws(Mistake) in
            draft.strictLookup = try annotation.boolean()
        },
    ]
}

extension Annotation {
    /// A directory that may be mounted into the app's containers.
    fileprivate func directory() throws(Mistake) -> AbsolutePath {
        let example = AbsolutePath.defaultSecretsPath.description
        let text = trimmed
        let path: AbsolutePath
        do throws(AbsolutePathError) {
            path = try AbsolutePath(text)
        } catch {
            throw mistake(
                text.isEmpty ? "is empty" : "the path \(error)", expected: "an absolute path",
                example: example)
        }
        if let broken = PathRules.objection(toMounting: path) {
            throw mistake(broken.problem, expected: broken.expected, example: example)
        }
        return path
    }
}
