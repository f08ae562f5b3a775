import Injection
import Plan

/// Reading of single values.
enum PolicyValue {
    static func boolean(_ text: String) throws(PolicyMistake) -> Bool {
        switch text {
        case "true": true
        case "false": false
        default: throw PolicyMistake(value: text, problem: "is no boolean", expected: "true or false")
        }
    }

    static func choice(_ text: String, of choices: [String]) throws(PolicyMistake) -> String {
        guard choices.contains(text) else {
            throw PolicyMistake(
                value: text, problem: "is not known", expected: choices.joined(separator: ", "))
        }
        return text
    }

    static func member<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String
    ) throws(PolicyMistake) -> Value {
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue)
            throw PolicyMistake(
                value: text, problem: "is not known", expected: names.joined(separator: " or "))
        }
        return value
    }

    static func image(_ text: String) throws(PolicyMistake) -> String {
        let allowed = text.utf8.allSatisfy { isAlphanumeric($0) || "-_./:@+".utf8.contains($0) }
        guard allowed, text.utf8.count <= 512, text.utf8.first.map(isAlphanumeric) == true else {
            throw PolicyMistake(
                value: text, problem: "is no image", expected: "a reference as example.com/agent:1.2.3")
        }
        return text
    }

    static func group(_ text: String) throws(PolicyMistake) -> UInt32 {
        // Kubernetes takes ids up to the largest signed 32-bit number; 0 is root's.
        guard isNumber(text), let group = UInt32(text), (1...0x7FFF_FFFF).contains(group) else {
            throw PolicyMistake(
                value: text, problem: "is no group for secrets", expected: "a number from 1 to 2147483647")
        }
        return group
    }

    static func port(_ text: String) throws(PolicyMistake) -> UInt16 {
        guard isNumber(text), let port = UInt16(text), port > 0 else {
            throw PolicyMistake(value: text, problem: "is no port", expected: "a number from 1 to 65535")
        }
        return port
    }

    static func refreshInterval(_ text: String) throws(PolicyMistake) -> Duration {
        let duration: Duration
        do {
            duration = try Duration(go: text)
        } catch {
            throw PolicyMistake(value: text, problem: error.reason, expected: "a duration as 5m or 1h30m")
        }
        guard duration >= .seconds(10) else {
            throw PolicyMistake(value: text, problem: "is too short", expected: "at least 10s")
        }
        return duration
    }

    /// Whole seconds up to a day.
    static func grace(_ text: String) throws(PolicyMistake) -> Duration {
        guard let duration = try? Duration(go: text), duration.components.attoseconds == 0,
            (.seconds(1) ... .seconds(86_400)).contains(duration)
        else {
            throw PolicyMistake(
                value: text, problem: "is no grace time", expected: "whole seconds from 1s to 24h, as 30s")
        }
        return duration
    }

    /// Bytes, with `Ki`, `Mi` or `Gi`; below 4 GiB.
    static func memory(_ text: String) throws(PolicyMistake) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30]
        guard let number = UInt32(digits), number > 0, let unit = units[String(text.dropFirst(digits.count))],
            Int(number) * unit <= UInt32.max
        else {
            throw PolicyMistake(
                value: text, problem: "is no size in memory", expected: "bytes below 4Gi, as 64Mi")
        }
        return Int(number) * unit
    }

    static func proxy(_ text: String) throws(PolicyMistake) -> String {
        let wrong = PolicyMistake(
            // A proxy's address may carry a password by mistake: it is not shown.
            problem: "is no proxy", expected: "http://HOST:PORT, without user and path")
        guard text.hasPrefix("http://") else { throw wrong }
        let rest = text.dropFirst("http://".count)
        let place = rest.hasSuffix("/") ? rest.dropLast() : rest
        guard let colon = place.lastIndex(of: ":") else { throw wrong }
        let name = place[..<colon]
        guard
            isHost(name)
                || (name.hasPrefix("[") && name.hasSuffix("]") && isAddress(name.dropFirst().dropLast())),
            (try? port(String(place[place.index(after: colon)...]))) != nil
        else { throw wrong }
        return "http://" + place
    }

    static func hosts(_ values: [String]) throws(PolicyMistake) -> [String] {
        for value in values {
            let name =
                value.hasPrefix("*.")
                ? value.dropFirst(2) : value.hasPrefix(".") ? value.dropFirst() : value[...]
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let first = parts.first,
                isHost(first) || isAddress(first) || value == "*",
                parts.count == 1 || isNumber(String(parts[1]))
            else {
                throw PolicyMistake(
                    value: value, problem: "is no host", expected: "hosts, domains or address ranges")
            }
        }
        return values
    }

    static func quantity(_ text: String) throws(PolicyMistake) -> String? {
        guard Quantity(text) != nil else {
            throw PolicyMistake(
                value: text, problem: "is no quantity above zero", expected: "one as 100m, 0.5, 64Mi or 1Gi")
        }
        return text
    }

    private static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isHost(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    /// An IPv6 address, roughly: what is wrong in it is told by the first connection.
    private static func isAddress(_ text: some StringProtocol) -> Bool {
        text.contains(":") && text.utf8.allSatisfy { isAlphanumeric($0) || ":.%".utf8.contains($0) }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
