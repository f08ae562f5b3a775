/// What the emulator has been asked, and how it went.
package struct Counters: Sendable, Equatable {
    /// TCP connections to the HTTPS port.
    package var connections = 0
    /// Those of them whose TLS handshake came to no good end.
    package var failedHandshakes = 0
    /// Requests by operation, `other` included; each counted when it has arrived whole.
    package private(set) var requests: [String: Int] = [:]
    /// Requests by operation and outcome: `get_secret.ok`, `get_folders.throttled`, `file.reset`.
    package private(set) var results: [String: Int] = [:]

    package var getSecret: Int { requests[Operation.getSecret.rawValue] ?? 0 }
    package var getFolders: Int { requests[Operation.getFolders.rawValue] ?? 0 }
    package var fileDownloads: Int { requests[Operation.file.rawValue] ?? 0 }

    package init() {}

    /// How often an operation ended so: `ok`, Keeper's error code, or a fault's name.
    package func count(of operation: Operation, result: String) -> Int {
        results["\(operation.rawValue).\(result)"] ?? 0
    }

    mutating func add(_ operation: Operation?, result: String) {
        let name = operation?.rawValue ?? "other"
        requests[name, default: 0] += 1
        results["\(name).\(result)", default: 0] += 1
    }

    var json: JSON {
        func object(_ counts: [String: Int]) -> JSON {
            .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) })
        }
        return [
            "connections": .number(connections), "failedHandshakes": .number(failedHandshakes),
            "requests": object(requests), "results": object(results),
        ]
    }
}
