package import Fetcher
package import Vault
package import Telemetry

extension Log {
    /// Says what a client does that a person should know of.
    package func event(_ event: FetchEvent) {
        switch event {
        case .requested(let operation, let failure, let duration):
            debug(
                "request",
                [
                    "operation": .string(operation.rawValue),
                    "result": .string(failure.map { "\($0)" } ?? "ok"),
                    "milliseconds": .integer(Int(duration.inSeconds * 1000)),
                ])
        case .retrying(let operation, let reason, let delay, let attempt):
            warn(
                "trying again",
                [
                    "operation": .string(operation.rawValue), "reason": .string(reason),
                    "delay_ms": .integer(Int(delay.inSeconds * 1000)), "attempt": .integer(attempt),
                ])
        case .throttled(let operation, let delay, let attempt):
            warn(
                "keeper asks for fewer requests",
                [
                    "operation": .string(operation.rawValue),
                    "delay_ms": .integer(Int(delay.inSeconds * 1000)), "attempt": .integer(attempt),
                ])
        case .serverKeySwitched(let old, let new):
            info("keeper's public key was switched", ["from": .string(old), "to": .string(new)])
        case .bindingNotConfirmed(let reason):
            warn(
                "the token is used and the configuration good, but a first request with it failed",
                ["reason": .string(reason)])
        }
    }

    /// Says what of Keeper's answer could not be read.
    package func damage(_ damaged: [Vault.Damage]) {
        for item in damaged {
            warn(
                "a \(item.kind.rawValue) cannot be read",
                ["uid": .string(item.uid), "reason": .string(item.reason)])
        }
    }
}
