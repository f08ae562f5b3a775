import Plan

extension Plan {
    /// The annotations of this plan that this version cannot carry out: a pod that asks for one does not
    /// start, rather than start with less than it asked for.
    var notAvailable: [String] {
        var names: [String] = []
        switch configuration {
        case .secret, .commandLine: break
        case .aws, .gcp, .azure: names.append("auth-method")
        }
        if proxy != nil { names.append("https-proxy") }
        return names
    }
}
