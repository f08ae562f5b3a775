import ArgumentParser
import Plan

/// A Go duration on the command line: `50ms`, `1m30s`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = try? Duration(go: argument) else { return nil }
        self.duration = duration
    }
}
