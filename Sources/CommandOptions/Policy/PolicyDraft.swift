import Injection
import Plan

/// The policy while its settings are read.
struct PolicyDraft {
    var policy = InjectionPolicy(version: productVersion)
    var proxy: String?
    var noProxy: [String] = []

    /// What needs several settings at once.
    func finish() throws(PolicyMistake) -> InjectionPolicy {
        var policy = policy
        if let proxy {
            policy.defaults.proxy = ProxySettings(url: proxy, exceptions: noProxy)
        } else if !noProxy.isEmpty {
            throw PolicyMistake(
                name: "default-no-proxy", problem: "has no effect without default-proxy",
                expected: "both or none")
        }
        return policy
    }
}
