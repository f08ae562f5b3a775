import ArgumentParser
package import Plan

/// `--backend tmpfs|fuse`.
extension Backend: ExpressibleByArgument {}
