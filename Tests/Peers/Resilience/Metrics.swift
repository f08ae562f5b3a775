import Foundation
import TestSupport

/// What an agent's `/metrics` says at the moment.
struct Metrics {
    private var values: [String: Double] = [:]

    init(port: UInt16) throws {
        let result = try run(Peers.curl, ["-sS", "http://127.0.0.1:\(port)/metrics"])
        for line in result.output.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            values[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
    }

    /// By name and labels, as they stand there.
    subscript(name: String) -> Double? { values[name] }

    /// The status code of a path.
    static func status(_ path: String, port: UInt16) throws -> String {
        try run(
            Peers.curl, ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)\(path)"]
        ).output
    }
}
