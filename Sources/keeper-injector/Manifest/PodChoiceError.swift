import Plan

/// Why no pod could be chosen from a manifest.
enum PodChoiceError: ExplainedError {
    case noPod(String)
    case noneAnnotated(String, [String])
    case severalAnnotated(String, [String])
    case notAString(String, String, String)
    /// The pod's title.
    case notInjected(String)

    var message: String {
        switch self {
        case .noPod(let source): "'\(source)' holds no Pod and no workload with a pod template"
        case .noneAnnotated(let source, let titles):
            "no pod in '\(source)' has annotations of keeper.security/ (\(titles.joined(separator: ", ")))"
        case .severalAnnotated(let source, let titles):
            "'\(source)' holds several pods with annotations of keeper.security/: "
                + titles.joined(separator: ", ")
        case .notAString(let source, let title, let name):
            "'\(source)', \(title): the value of the annotation \(name) is no string"
        case .notInjected(let title): "\(title) does not ask for secrets"
        }
    }

    var hint: String? {
        switch self {
        case .noPod:
            "Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob and List are understood"
        case .noneAnnotated:
            "add keeper.security/inject: \"true\" to the pod's (template's) metadata.annotations"
        case .severalAnnotated: "give a file with one of them"
        case .notAString: "put it in quotes, as Kubernetes demands"
        case .notInjected: "set the annotation keeper.security/inject: \"true\""
        }
    }

    var exitCode: CommandStatus { .configuration }
}
